import { Hono } from "hono";
import { z } from "zod";
import { pageQuery } from "../domain/page.ts";
import { openPublicBoard } from "../services/public-boards.ts";
import { toIso, toIsoOrNull } from "./api/times.ts";
import type { Env } from "./env.ts";
import { localeOf, PAGE_HEADERS, wantsJson } from "./negotiate.ts";
import { BoardPage } from "./pages/board.tsx";
import { invalid } from "./validation.ts";

/** The boards that campaigns have be public. No key. */
export const publicBoards = new Hono<Env>();

const query = z.object(pageQuery);

publicBoards.get("/board/:campaign", async (c) => {
  const asked = query.safeParse(c.req.query());
  if (!asked.success) throw invalid(asked.error.issues, "query");
  const campaignId = c.req.param("campaign");
  const { campaign, community, board } = await openPublicBoard(c.get("ports"), campaignId, asked.data);
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  if (wantsJson(c)) {
    const { metric, status, accurateAsOf, totalParticipants, next, previous } = board;
    // Ids are the operator's: here a person is the name that they have be shown.
    const data = board.data.map(({ rank, score, participant, reachedAt }) => ({
      rank,
      score,
      displayName: participant.displayName,
      reachedAt: toIsoOrNull(reachedAt),
    }));
    const about = { community: community.name, campaign: campaign.name, metric, status };
    return c.json({ ...about, accurateAsOf: toIso(accurateAsOf), data, totalParticipants, next, previous });
  }
  const locale = c.req.query("lang") || !community.locale ? localeOf(c) : community.locale;
  const path = `/board/${campaignId}`;
  return c.html(
    <BoardPage
      community={community.name}
      campaign={campaign.name}
      board={board}
      locale={locale}
      path={path}
    />,
  );
});
