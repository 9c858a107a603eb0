import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { joinByServer } from "../../src/services/joins.ts";
import type { Driver } from "../../src/store/db.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { openCampaign, openPorts } from "../support/ports.ts";

/** What reads as much as a campaign, a community or a page is large, or from all over a board: nobody who joins may wait for it. */
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
  "/v1/campaigns/{campaign}/invites",
  "/v1/campaigns/{campaign}/leaderboard",
  "/v1/campaigns/{campaign}/ledger",
  "/v1/campaigns/{campaign}/participants",
  "/v1/campaigns/{campaign}/reviews",
  "/v1/campaigns/{campaign}/sources",
  "/v1/campaigns/{campaign}/timeseries",
  "/v1/communities/{community}/members",
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
  "/v1/campaigns/{id}",
  "/v1/campaigns/{id}/costs",
  "/v1/campaigns/{id}/events",
  "/v1/campaigns/{id}/health",
  "/v1/communities",
  "/v1/communities/{id}",
  "/v1/communities/{id}/groups",
  "/v1/communities/{id}/logo",
  "/v1/groups/{id}",
  "/v1/groups/{id}/qr",
  "/v1/invites/{id}",
  "/v1/invites/{id}/displays",
  "/v1/invites/{id}/poster.html",
  "/v1/invites/{id}/poster.png",
  "/v1/invites/{id}/poster.svg",
  "/v1/invites/{id}/qr.png",
  "/v1/invites/{id}/qr.svg",
  "/v1/keys",
  "/v1/keys/{id}",
  "/v1/lists",
  "/v1/lists/{id}",
  "/v1/members/{id}",
  "/v1/order-sources",
  "/v1/orders/{id}",
  "/v1/participants/{id}",
  "/v1/participants/{id}/checks",
  "/v1/reviews/{id}",
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
const ids = { campaign: "", community: "", participant: "" };
beforeAll(async () => {
  opened = await openPorts(undefined, counting);
  const { call } = opened;
  const { campaign, community, invite } = await openCampaign(call, [10]);
  const identity = { type: "email" as const, value: "li@example.com" };
  const input = { invite: invite.code, identity, acknowledged: true as const, answers: {} };
  const joined = await joinByServer(call, campaign.id, input, "en");
  if (joined.participant === null) throw new Error(joined.outcome);
  Object.assign(ids, { campaign: campaign.id, community: community.id, participant: joined.participant.id });
});
afterAll(() => opened.close());

test("every read of the API is known to be large or small", () => {
  const { paths } = JSON.parse(readFileSync("openapi.json", "utf8")) as { paths: Record<string, object> };
  const all = Object.keys(paths).filter((path) => "get" in (paths[path] as object) && path.startsWith("/v1"));
  const known = [...LARGE.map((path) => path.replace(/\{\w+\}/, "{id}")), ...SMALL];
  expect(known.toSorted()).toEqual(all.toSorted());
});

test.each(LARGE)("GET %s reads aside", async (path) => {
  const app = createApp(opened.ports);
  const url = path.replace(/\{(\w+)\}/, (_, noun: keyof typeof ids) => ids[noun]);
  const query = path.endsWith("/path") ? `?to=${ids.participant}` : "";
  const headers = { Authorization: `Bearer ${TEST_ENV.QROVE_ADMIN_KEY}` };
  asides = 0;
  const { status } = await app.request(url + query, { headers });
  expect([status, asides > 0]).toEqual([200, true]);
});
