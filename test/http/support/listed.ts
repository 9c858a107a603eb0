import { type Api, joinBy, mintCampaign } from "../../support/api.ts";
import { made } from "./expect.ts";
import { mintLine, personPath } from "./people.ts";
import { mintRechecked } from "./rechecks.ts";
import { applyTo, mintReviewed } from "./reviews.ts";

/** How many rows every list of `mintListed` has. */
export const ROWS = 5;

/** A list: where it is, its rows' own key, and in which order they come by it. */
export type Listed = { path: string; key: string; order: "newest" | "oldest" | "fixed" };

const times = (make: (i: number) => Promise<unknown>): Promise<unknown> =>
  Promise.all(Array.from({ length: ROWS }, (_, i) => make(i)));

/** A campaign with what hangs on it, and what is the workspace's own. */
async function mintPlain(api: Api) {
  const world = await mintCampaign(api, { groups: Array.from({ length: ROWS }, () => ({ capacity: 2 })) });
  const campaign = `/v1/campaigns/${world.campaign.id}`;
  const rotating = { channel: "screen", rotation: { mode: "rotating" } };
  const screen = await made(api.post(`${campaign}/invites`, rotating));
  await made(api.post(`${campaign}/access-codes`, { count: ROWS }));
  await times(async (i) => {
    await made(joinBy(api, world.campaign.id, world.invite.code));
    await made(api.post(`/v1/invites/${screen.id}/displays`, {}));
    await made(api.post("/v1/lists", { name: `list ${i}` }));
    await made(api.post("/v1/order-sources", { provider: "standard", name: `shop ${i}` }));
    await made(api.post("/v1/orders", { reference: `order ${i}`, amount: 100, currency: "CNY" }));
    // Of these there are some already: the workspace's own key, and the campaign's two invites.
    if (i > 0) await made(api.post("/v1/keys", { name: `key ${i}`, scopes: ["read"] }));
    if (i > 1) await made(api.post(`${campaign}/invites`, { channel: `channel ${i}` }));
  });
  return { world, screen };
}

/** People whose cases are open, of a campaign whose gate was changed four times since. */
async function mintCases(api: Api) {
  const reviewed = await mintReviewed(api);
  await times(() => applyTo(api, reviewed));
  for (let min = 1; min < ROWS; min++) {
    await made(api.patch(`/v1/campaigns/${reviewed.campaign.id}`, { gate: { kind: "level", min } }));
  }
  return reviewed;
}

async function mintMembers(api: Api) {
  const rechecked = await mintRechecked(api);
  await times(() => rechecked.member());
  return rechecked;
}

/** Somebody with five people above them, and five whom they brought. */
async function mintTree(api: Api) {
  const line = await mintLine(api, ROWS + 1);
  await times(() => made(joinBy(api, line.campaign.id, line.codes[ROWS] as string)));
  return line.ids[ROWS] as string;
}

/** A campaign whose people have all left. */
async function mintLeft(api: Api) {
  const left = await mintCampaign(api, { groups: [{ capacity: 100 }] });
  await times(async () => {
    const { participant } = await made(joinBy(api, left.campaign.id, left.invite.code));
    await made(api.post(personPath(participant.id, "leave")));
  });
  return left;
}

/** A workspace whose lists all have five rows; each list by the operation that reads it. */
export async function mintListed(api: Api) {
  // Five campaigns, each with a community of its own.
  const [{ world, screen }, reviewed, rechecked, last, left] = await Promise.all([
    mintPlain(api),
    mintCases(api),
    mintMembers(api),
    mintTree(api),
    mintLeft(api),
  ]);
  const campaign = `/v1/campaigns/${world.campaign.id}`;
  const by = (order: Listed["order"], path: string, key = "id"): Listed => ({ path, key, order });
  const lists: Record<string, Listed> = {
    "get /v1/communities": by("newest", "/v1/communities"),
    "get /v1/communities/{id}/groups": by("newest", `/v1/communities/${world.community.id}/groups`),
    "get /v1/communities/{id}/members": by("fixed", `/v1/communities/${rechecked.community.id}/members`),
    "get /v1/campaigns": by("newest", "/v1/campaigns"),
    "get /v1/campaigns/{id}/invites": by("newest", `${campaign}/invites?kind=channel`),
    "get /v1/invites/{id}/displays": by("newest", `/v1/invites/${screen.id}/displays`),
    "get /v1/campaigns/{id}/participants": by("newest", `${campaign}/participants`),
    "get /v1/participants/{id}/children": by("newest", personPath(last, "children")),
    "get /v1/participants/{id}/ancestors": by("newest", personPath(last, "ancestors")),
    "get /v1/campaigns/{id}/access-codes": by("newest", `${campaign}/access-codes`),
    "get /v1/lists": by("newest", "/v1/lists"),
    "get /v1/orders": by("newest", "/v1/orders"),
    "get /v1/order-sources": by("newest", "/v1/order-sources"),
    "get /v1/keys": by("newest", "/v1/keys"),
    "get /v1/campaigns/{id}/ledger": by("oldest", `${campaign}/ledger`),
    "get /v1/campaigns/{id}/reviews": by("oldest", `/v1/campaigns/${reviewed.campaign.id}/reviews`),
    "get /v1/campaigns/{id}/audit": by(
      "newest",
      `/v1/campaigns/${reviewed.campaign.id}/audit?kind=review.opened`,
    ),
    "get /v1/campaigns/{id}/gates": by("newest", `/v1/campaigns/${reviewed.campaign.id}/gates`, "version"),
    "get /v1/campaigns/{id}/checks": by(
      "oldest",
      `/v1/campaigns/${rechecked.campaign.id}/checks?state=passing`,
      "participantId",
    ),
    "get /v1/campaigns/{id}/events": by("newest", `/v1/campaigns/${left.campaign.id}/events`),
  };
  return { world, lists };
}

/** Operations that take a cursor and are no plain list: where they are walked. */
export const WALKED_ELSEWHERE: Record<string, string> = {
  "get /v1/participants/{id}/tree": "test/http/tree-pages.test.ts",
  "get /v1/participants/{id}/path": "test/http/tree-pages.test.ts",
  "get /v1/participants/{id}/generations": "test/http/tree-pages.test.ts",
  "get /v1/participants/{id}/export": "test/http/tree-pages.test.ts",
  "get /v1/campaigns/{id}/leaderboard": "test/http/boards.test.ts",
  "get /v1/campaigns/{id}/attribution": "test/http/attribution-replay.test.ts",
};
