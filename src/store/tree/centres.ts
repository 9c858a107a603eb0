import { sql } from "drizzle-orm";
import { SCORES } from "../../domain/board.ts";
import type { Spread } from "../../domain/centres.ts";
import { CREDIT_STATES, isCredited, readCredit } from "../../domain/credit.ts";
import type { Lag } from "../../domain/freshness.ts";
import { formatId, type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { allTimeBoard, lagOf } from "../fold/terms.ts";
import type { Tenant } from "../tenant.ts";

/** Somebody who stands on the board of all time, with both their scores. */
export type Hub = { participantId: Id; displayName: string; direct: number; team: number };

export type CentresRead = Lag & {
  people: number;
  excluded: number;
  spread: Spread;
  hubs: Hub[];
};

/** The states of credits that count for nobody by their standing. */
const UNCREDITED = sql.raw(
  CREDIT_STATES.filter((state) => !isCredited(readCredit(state).standing)).join(", "),
);

/**
 * Who brought the most into a campaign, and how what people brought is spread. Costs the hubs that are asked
 * for and how many different scores there are, at most the root of twice the people; and those who were
 * voided, removed or disqualified. One read; undefined: no such campaign.
 */
export async function readCentres(
  db: Db,
  tenant: Tenant,
  id: Id,
  by: "direct" | "team",
  limit: number,
  now: number,
): Promise<CentresRead | undefined> {
  const campaign = sql`${parseId("campaign", id)}`;
  const workspace = sql`${parseId("workspace", tenant.workspaceId)}`;
  const bound = tenant.campaignId === null || tenant.campaignId === id;
  const direct = allTimeBoard(campaign, "direct");
  const scoreOf = (metric: string) => sql`coalesce((SELECT y.score FROM tallies y
    WHERE y.board_id = ${allTimeBoard(campaign, metric)} AND y.participant_id = s.participant_id), 0)`;
  const [heads, hubs] = await db.readAside([
    // Who is disqualified is in no bucket.
    jsonQuery(
      db,
      sql`SELECT json_object('lag', json(${lagOf(campaign, now)}),
        'people', coalesce((SELECT f.people FROM folds f WHERE f.campaign_id = c.id), 0),
        'excluded', (SELECT count(*) FROM participants p INDEXED BY participants_standing
          JOIN credits k ON k.participant_id = p.id
          WHERE p.campaign_id = c.id AND p.standing IS NOT NULL AND k.state IN (${UNCREDITED}) AND k.inviter_id IS NOT NULL),
        'spread', json((SELECT json_group_array(json_object('brought', brought, 'people', people)) FROM (
          SELECT brought, sum(n) AS people FROM (
            SELECT n.bucket AS brought, n.n FROM board_counts n WHERE n.board_id = ${direct} AND n.level = ${SCORES}
            UNION ALL SELECT s.score, count(*) FROM tallies s INDEXED BY tallies_unranked
              WHERE s.board_id = ${direct} AND s.ranked = 0 GROUP BY s.score) GROUP BY brought))))
      FROM campaigns c WHERE c.id = ${campaign} AND c.workspace_id = ${workspace} AND ${bound ? 1 : 0}`,
    ),
    jsonQuery(
      db,
      sql`SELECT json_array(s.participant_id, p.display_name, ${scoreOf("direct")}, ${scoreOf("team")})
      FROM (SELECT s.participant_id, s.score, s.reached_at FROM tallies s INDEXED BY tallies_rank
          WHERE s.board_id = ${allTimeBoard(campaign, by)} AND s.ranked = 1
          ORDER BY s.score DESC, s.reached_at, s.participant_id LIMIT ${limit}) s
        CROSS JOIN participants p ON p.id = s.participant_id AND p.workspace_id = ${workspace}
      ORDER BY s.score DESC, s.reached_at, s.participant_id`,
    ),
  ]);
  const [head] = jsonRows<Omit<CentresRead, "hubs" | keyof Lag> & { lag: Lag }>(heads);
  if (head === undefined) return undefined;
  const { lag, ...counts } = head;
  return {
    ...lag,
    ...counts,
    hubs: jsonRows<[number, string, number, number]>(hubs).map(
      ([participant, displayName, brought, team]) => ({
        participantId: formatId("participant", participant),
        displayName,
        direct: brought,
        team,
      }),
    ),
  };
}
