import { beforeAll, describe, expect, test } from "vitest";
import {
  type Api,
  apiWith,
  joinAtGate,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";
import { walkPages } from "./support/pages.ts";

const RESERVE = { strategy: "in_order", confirm: "carrier", reservationMinutes: 30 };
const NOBODY = "ptc_00000000001";
const WARNINGS = /^(?:group|campaign|display)\./;

let api: Api;
let other: Api;
beforeAll(async () => {
  [api, other] = [await mintWorkspace(), await mintWorkspace()];
});

/** A key that is bound to a campaign. */
const boundTo = async (campaignId: string): Promise<Api> =>
  apiWith((await made(api.post("/v1/keys", { name: "bound", scopes: ["write"], campaignId }))).key);

/** A campaign whose seats are reserved, and the person who holds the first one. */
async function reserved(capacity = 2) {
  const world = await mintCampaign(api, { groups: [{ capacity }], campaign: { allocation: RESERVE } });
  const { participant } = await made(joinBy(api, world.campaign.id, world.invite.code));
  return { ...world, id: participant.id as string, one: `/v1/participants/${participant.id}` };
}

describe("a reserved seat", () => {
  test("lapses at its time unless it is confirmed; confirming twice changes nothing", async () => {
    const { one } = await reserved();
    const before = await made(api.get(one));
    const until = Date.parse(before.joinedAt) + 30 * 60_000;
    expect(before.seat).toEqual({
      state: "reserved",
      until: new Date(until).toISOString(),
      confirmedAt: null,
      confirmationSource: null,
    });
    const confirmed = await made(api.post(`${one}/confirm`, { source: "carrier" }));
    expect(confirmed.seat).toMatchObject({ state: "confirmed", until: null, confirmationSource: "carrier" });
    expect(await made(api.post(`${one}/confirm`))).toEqual(confirmed);
    expect(await made(api.get(one))).toEqual(confirmed);
  });

  test("is confirmed by the operator unless it is said who did, and with the join where the link is revealed", async () => {
    const { one } = await reserved();
    expect((await made(api.post(`${one}/confirm`))).seat.confirmationSource).toBe("operator");
    const { campaign, invite } = await mintCampaign(api);
    const { participant } = await made(joinBy(api, campaign.id, invite.code));
    const { seat } = await made(api.get(`/v1/participants/${participant.id}`));
    expect(seat).toMatchObject({ state: "confirmed", confirmationSource: "reveal" });
  });

  test("that is none cannot be confirmed, and a wrong body is refused", async () => {
    const { one } = await reserved();
    expectProblem(await api.post(`${one}/confirm`, { source: "me" }), 400, "invalid_request", "/source");
    await made(api.post(`${one}/leave`));
    expectProblem(await api.post(`${one}/confirm`), 409, "invalid_transition");
    expectProblem(await api.post(`${one}/leave`, { at: "soon" }), 400, "invalid_request", "/at");
    expectProblem(await api.post(`${one}/rejoin`, { event: 1 }), 400, "invalid_request", "/event");
  });
});

describe("leaving and coming back", () => {
  test("once each, however often they are told; the seat goes to who waits, in order", async () => {
    const { campaign, invite, groups, one } = await reserved(1);
    const queue = [newIdentity(), newIdentity()];
    for (const [i, identity] of queue.entries()) {
      const { outcome, waitlist } = await made(joinBy(api, campaign.id, invite.code, identity));
      expect([outcome, waitlist]).toEqual(["waitlisted", { position: i + 1 }]);
    }
    const event = { eventId: "wx:1", at: new Date().toISOString() };
    const left = await made(api.post(`${one}/leave`, event));
    expect(left).toMatchObject({ seat: null, groupId: null });
    expect(await made(api.post(`${one}/leave`, event))).toEqual(left);
    expect(await made(api.post(`${one}/leave`))).toEqual(left);
    const [first, second] = [
      await made(joinBy(api, campaign.id, invite.code, queue[0])),
      await made(joinBy(api, campaign.id, invite.code, queue[1])),
    ];
    expect([first.outcome, first.group.id]).toEqual(["already_joined", groups[0].id]);
    expect([second.outcome, second.waitlist]).toEqual(["waitlisted", { position: 1 }]);

    const back = await made(api.post(`${one}/rejoin`, { eventId: "wx:2" }));
    expect(back).toMatchObject({ leftAt: null, seat: null });
    expect(await made(api.post(`${one}/rejoin`, { eventId: "wx:2" }))).toEqual(back);
    await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 3 }));
    expect((await made(joinBy(api, campaign.id, invite.code, queue[1]))).group.id).toBe(groups[0].id);
    expect((await made(api.post(`${one}/rejoin`))).groupId).toBe(groups[0].id);
    expect(await made(api.get(`/v1/groups/${groups[0].id}`))).toMatchObject({ used: 3, capacity: 3 });

    const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/ledger`));
    const kinds = data.map(({ kind }: { kind: string }) => kind);
    expect(kinds.toSorted()).toEqual(["joined", "joined", "joined", "left", "returned"]);
    const { forwards } = await walkPages(api, `/v1/campaigns/${campaign.id}/events`, 3);
    // A clock that strikes meanwhile warns, between these, of a group that is full.
    const events = forwards.flatMap(({ data }) => data).filter(({ kind }) => !WARNINGS.test(kind));
    expect(events.map(({ kind, subject }) => [kind, subject])).toEqual([
      ["waitlist.promoted", left.id],
      ["waitlist.promoted", expect.stringMatching(/^ptc_/)],
      ["participant.returned", left.id],
      ["waitlist.promoted", first.participant.id],
      ["participant.left", left.id],
    ]);
    const { data: whole } = await made(api.get(`/v1/campaigns/${campaign.id}/events?limit=100`));
    expect(whole.filter(({ kind }: { kind: string }) => !WARNINGS.test(kind))).toEqual(events);
  });

  test("by the gate: whoever left and scans again with the browser that holds the pass is seated again", async () => {
    const { campaign, invite, groups } = await mintCampaign(api, { groups: [{ capacity: 1 }] });
    const identity = newIdentity();
    const first = await joinAtGate(invite.code, { identity });
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] as string;
    const one = `/v1/participants/${first.json.participant.id}`;
    await made(api.post(`${one}/leave`));
    const stranger = await joinAtGate(invite.code, { identity });
    expect([stranger.json.outcome, stranger.json.group]).toEqual(["already_joined", null]);
    expect((await made(api.get(one))).leftAt).not.toBeNull();
    const back = await joinAtGate(invite.code, { identity }, { Cookie: cookie });
    expect([back.json.outcome, back.json.group.id]).toEqual(["already_joined", groups[0].id]);
    expect(await made(api.get(one))).toMatchObject({ leftAt: null, groupId: groups[0].id });
    expect(campaign.id).toBe((await made(api.get(one))).campaignId);
  });
});

describe("the own page", () => {
  const ask = { method: "POST", headers: { Accept: "application/json" } };
  test("says how its seat stands, and gets a new one when that is none any more", async () => {
    const { campaign, invite, groups } = await mintCampaign(api, {
      groups: [{ capacity: 1 }, { capacity: 1 }],
      campaign: { allocation: RESERVE },
    });
    const { pass } = await made(joinBy(api, campaign.id, invite.code));
    const path = new URL(pass).pathname;
    const page = async () => (await request(path, { headers: { Accept: "application/json" } })).json;
    const before = await page();
    expect(before.seat).toEqual({ state: "reserved", until: expect.stringMatching(/T.*Z$/) });
    expect(before.group.id).toBe(groups[0].id);
    const asked = await request(`${path}/seat`, ask);
    expect([asked.status, asked.headers.get("Location")]).toEqual([303, path]);
    expect(await page()).toEqual(before);
    const html = async () => (await request(path, { headers: { Accept: "text/html" } })).text;
    expect(await html()).not.toContain("<form");

    await made(api.patch(`/v1/groups/${groups[0].id}`, { state: "closed" }));
    expect(await page()).toMatchObject({ seat: { state: "none", until: null }, group: null });
    expect(await html()).toContain(`<form method="post" action="${path}/seat?lang=en">`);
    await request(`${path}/seat`, ask);
    expect(await page()).toMatchObject({ seat: { state: "reserved" }, group: { id: groups[1].id } });
    await made(api.patch(`/v1/groups/${groups[1].id}`, { state: "closed" }));
    expect((await request(`${path}/seat?lang=zh-CN`, ask)).headers.get("Location")).toBe(
      `${path}?lang=zh-CN`,
    );
    expect((await page()).seat.state).toBe("none");
    await made(api.post(`/v1/campaigns/${campaign.id}/end`));
    expectProblem(await request(`${path}/seat`, ask), 410, "campaign_over");
    expectProblem(await request("/p/nobody/seat", ask), 404, "pass_not_found");
  });
});

describe("health", () => {
  test("names what will break: nearly full, full, expiring, nobody takes anybody; who waits and who was lost", async () => {
    const { campaign, invite, groups } = await mintCampaign(api, {
      groups: [
        { name: "big", capacity: 10 },
        { name: "old", capacity: 5, expiresAt: hoursFromNow(30), marginHours: 24 },
        { name: "shut", capacity: 5 },
      ],
    });
    await made(api.patch(`/v1/groups/${groups[2].id}`, { state: "closed" }));
    const path = `/v1/campaigns/${campaign.id}/health`;
    const health = async () => {
      const { warnings, ...rest } = await made(api.get(path));
      return {
        ...rest,
        warned: warnings.map(({ kind, subject }: Record<string, string>) => `${kind} ${subject}`),
      };
    };
    for (let i = 0; i < 9; i++) await joinBy(api, campaign.id, invite.code);
    const [big, old] = [groups[0].id, groups[1].id];
    expect(await health()).toMatchObject({
      seatsLeft: 6,
      warned: [`group.nearly_full ${big}`, `group.expiring ${old}`],
    });
    await made(api.patch(`/v1/groups/${old}`, { state: "paused" }));
    await joinBy(api, campaign.id, invite.code);
    await joinBy(api, campaign.id, invite.code);
    const full = await health();
    expect(full).toMatchObject({
      seatsLeft: 0,
      waiting: 1,
      lostDemand: 0,
      warned: [`group.full ${big}`, `campaign.no_seats ${campaign.id}`],
    });
    expect(full.groups).toContainEqual({
      id: big,
      name: "big",
      state: "open",
      used: 10,
      capacity: 10,
      expiresAt: null,
      retiresAt: null,
    });
    const contact = { kind: "contact", contact: "lin@makers.example" };
    await made(
      api.patch(`/v1/campaigns/${campaign.id}`, {
        allocation: { strategy: "in_order", fallback: [contact] },
      }),
    );
    const lost = newIdentity();
    for (let i = 0; i < 2; i++) {
      const { outcome, code, fallback } = await made(joinBy(api, campaign.id, invite.code, lost));
      expect([outcome, code, fallback]).toEqual(["closed", "no_seats", [contact]]);
    }
    expect(await health()).toMatchObject({ waiting: 1, lostDemand: 1 });
    // Where the clock can be rung from here, the warnings come into the outbox, each once.
    const ring = () => request("/cdn-cgi/handler/scheduled");
    if ((await ring()).status === 200) {
      await ring();
      const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/events`));
      expect(
        data.map(({ kind, subject }: Record<string, string>) => `${kind} ${subject}`).toSorted(),
      ).toEqual([`campaign.no_seats ${campaign.id}`, `group.full ${big}`]);
    }
  });
});

describe("another workspace, and a key that is bound to another campaign", () => {
  test("find none of it", async () => {
    const { campaign, one, community, groups } = await reserved();
    const elsewhere = await boundTo((await mintCampaign(api)).campaign.id);
    for (const stranger of [other, elsewhere]) {
      for (const verb of ["confirm", "leave", "rejoin"]) {
        expectProblem(await stranger.post(`${one}/${verb}`), 404, "not_found");
        expectProblem(await stranger.post(`/v1/participants/${NOBODY}/${verb}`), 404, "not_found");
      }
      for (const noun of ["health", "events"]) {
        expectProblem(await stranger.get(`/v1/campaigns/${campaign.id}/${noun}`), 404, "not_found");
      }
    }
    expect((await made(api.get(one))).seat.state).toBe("reserved");
    // Groups are the workspace's: no bound key reaches them, not even its own campaign's.
    const bound = await boundTo(campaign.id);
    const bulk = { name: "x{n}", joinUrl: "https://example.com/{n}", carrier: "url", count: 1 };
    for (const [key, status, code] of [
      [other, 404, "not_found"],
      [bound, 403, "forbidden"],
    ] as const) {
      expectProblem(await key.post(`/v1/communities/${community.id}/groups/bulk`, bulk), status, code);
      const merge = key.post(`/v1/groups/${groups[0].id}/merge`, { into: groups[0].id });
      expectProblem(await merge, status, code);
    }
    expect((await made(bound.post(`${one}/confirm`))).seat.state).toBe("confirmed");
  });
});
