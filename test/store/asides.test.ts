import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { getParticipant } from "../../src/services/participants.ts";
import type { Driver } from "../../src/store/db.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { openCampaign, openPorts } from "../support/ports.ts";

/** What reads as much as a campaign, a list or a page is large, or from all over a board: nobody who joins may wait. */
const LARGE = [
  "/v1/campaigns/{campaign}/access-codes",
  "/v1/campaigns/{campaign}/attribution",
  "/v1/campaigns/{campaign}/audit",
  "/v1/campaigns/{campaign}/centres",
  "/v1/campaigns/{campaign}/checks",
  "/v1/campaigns/{campaign}/funnel",
  "/v1/campaigns/{campaign}/gate/report",
  "/v1/campaigns/{campaign}/gates",
  "/v1/campaigns/{campaign}/growth",
  "/v1/campaigns/{campaign}/health",
  "/v1/campaigns/{campaign}/invites",
  "/v1/campaigns/{campaign}/leaderboard",
  "/v1/campaigns/{campaign}/ledger",
  "/v1/campaigns/{campaign}/participants",
  "/v1/campaigns/{campaign}/reviews",
  "/v1/campaigns/{campaign}/sources",
  "/v1/campaigns/{campaign}/timeseries",
  "/v1/communities/{community}/members",
  "/v1/lists/{list}",
  "/v1/orders",
  "/v1/participants/{participant}/ancestors",
  "/v1/participants/{participant}/children",
  "/v1/participants/{participant}/export",
  "/v1/participants/{participant}/generations",
  "/v1/participants/{participant}/path",
  "/v1/participants/{participant}/rank",
  "/v1/participants/{participant}/tree",
];

/** What reads a row or a few, however large everything is. */
const SMALL = [
  "/v1/campaigns",
  "/v1/campaigns/{campaign}",
  "/v1/campaigns/{campaign}/costs",
  "/v1/campaigns/{campaign}/events",
  "/v1/communities",
  "/v1/communities/{community}",
  "/v1/communities/{community}/groups",
  "/v1/communities/{community}/logo",
  "/v1/groups/{group}",
  "/v1/groups/{group}/qr",
  "/v1/invites/{invite}",
  "/v1/invites/{invite}/displays",
  "/v1/invites/{invite}/poster.html",
  "/v1/invites/{invite}/poster.png",
  "/v1/invites/{invite}/poster.svg",
  "/v1/invites/{invite}/qr.png",
  "/v1/invites/{invite}/qr.svg",
  "/v1/keys",
  "/v1/keys/{key}",
  "/v1/lists",
  "/v1/members/{member}",
  "/v1/order-sources",
  "/v1/orders/{order}",
  "/v1/participants/{participant}",
  "/v1/participants/{participant}/checks",
  "/v1/reviews/{review}",
];

let asides = 0;
const counting = (driver: Driver): Driver => {
  const { aside, ...rest } = driver;
  if (aside === undefined) throw new Error("a file reads aside");
  const plain: Driver = (statements, mode) => driver(statements, mode);
  return Object.assign(plain, rest, {
    aside: (...asked: Parameters<typeof aside>) => (asides++, aside(...asked)),
  });
};

let opened: Awaited<ReturnType<typeof openPorts>>;
let app: ReturnType<typeof createApp>;
/** An id of each noun that a path names; of orders and reviews there is none, which is read just the same. */
const ids: Record<string, string> = { order: "ord_00000000001", review: "rev_00000000001" };
const headers = { Authorization: `Bearer ${TEST_ENV.QROVE_ADMIN_KEY}`, "Content-Type": "application/json" };
beforeAll(async () => {
  opened = await openPorts(undefined, counting);
  app = createApp(opened.ports);
  const { call } = opened;
  const { campaign, community, invite, groups } = await openCampaign(call, [10]);
  const identity = { type: "email" as const, value: "li@example.com" };
  const input = { invite: invite.code, identity, acknowledged: true as const, answers: {} };
  const { participant } = await joinByServer(call, campaign.id, input, "en");
  if (participant === null) throw new Error("nobody came in");
  const { memberId } = await getParticipant(call, participant.id);
  const made = await app.request("/v1/lists", { method: "POST", headers, body: '{"name":"friends"}' });
  const { id: list } = (await made.json()) as { id: string };
  const nouns = { campaign, community, invite, participant, group: groups[0] };
  for (const [noun, one] of Object.entries(nouns)) ids[noun] = one?.id ?? "";
  Object.assign(ids, { list, member: memberId, key: call.actor.keyId });
});
afterAll(() => opened.close());

test("every read of the API is known to be large or small", () => {
  const { paths } = JSON.parse(readFileSync("openapi.json", "utf8")) as { paths: Record<string, object> };
  const all = Object.keys(paths).filter((path) => "get" in (paths[path] as object) && path.startsWith("/v1"));
  const known = [...LARGE, ...SMALL].map((path) => path.replace(/\{\w+\}/, "{id}"));
  expect(known.toSorted()).toEqual(all.toSorted());
});

/** The status of a path's answer, and how many reads went aside for it. */
async function ask(path: string) {
  const url = path.replace(/\{(\w+)\}/, (_, noun: string) => ids[noun] as string);
  const query = path.endsWith("/path") ? `?to=${ids["participant"]}` : "";
  asides = 0;
  const { status } = await app.request(url + query, { headers });
  return { status, asides };
}

test.each(LARGE)("GET %s reads aside", async (path) => {
  const { status, asides } = await ask(path);
  expect([status, asides > 0]).toEqual([200, true]);
});

/** What there is none of here: no such row, and nothing that draws PNG posters. */
const LACKING: Record<string, number> = {
  "/v1/communities/{community}/logo": 404,
  "/v1/groups/{group}/qr": 404,
  "/v1/invites/{invite}/poster.png": 501,
  "/v1/orders/{order}": 404,
  "/v1/participants/{participant}/checks": 404,
  "/v1/reviews/{review}": 404,
};

test.each(SMALL)("GET %s reads on the spot", async (path) => {
  expect(await ask(path)).toEqual({ status: LACKING[path] ?? 200, asides: 0 });
});
