import { beforeAll, describe, expect, test } from "vitest";
import { type Api, apiWith, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";

const VERBS = ["void", "remove", "restore", "disqualify", "reinstate"] as const;
const NOBODY = "ptc_00000000001";
const because = { cause: "because" };

let api: Api;
let other: Api;
beforeAll(async () => {
  [api, other] = [await mintWorkspace(), await mintWorkspace()];
});

const pathOf = (id: string, verb = "") => `/v1/participants/${id}${verb && `/${verb}`}`;
const entriesOf = async (campaignId: string) =>
  (await made(api.get(`/v1/campaigns/${campaignId}/ledger?limit=100`))).data;

/** A line of people, each brought by the one before. */
async function line(length: number, campaign: Record<string, unknown> = {}) {
  const world = await mintCampaign(api, { groups: [{ capacity: 20 }], campaign });
  const ids: string[] = [];
  const codes: string[] = [];
  for (let i = 0, code = world.invite.code; i < length; i++) {
    const joined = await made(joinBy(api, world.campaign.id, code));
    code = joined.invite.code;
    ids.push(joined.participant.id);
    codes.push(code);
  }
  return { ...world, ids, codes };
}

describe("a referral", () => {
  test("is pending until the friend has stayed, and qualified at once where nobody has to", async () => {
    const { ids } = await line(2, { referral: { qualifyAfterMinutes: 60 } });
    const friend = await made(api.get(pathOf(ids[1] as string)));
    const until = new Date(Date.parse(friend.joinedAt) + 3_600_000).toISOString();
    const pending = { status: "pending", qualifiesAt: until, qualifiedAt: null, refusal: null, cause: null };
    expect(friend).toMatchObject({ referral: pending, standing: "good", disqualified: null });
    expect((await made(api.get(pathOf(ids[0] as string)))).referral).toBeNull();
    const gone = await made(api.post(pathOf(ids[1] as string, "leave")));
    expect(gone.referral).toEqual({ ...pending, status: "voided", qualifiesAt: null });
    const back = await made(api.post(pathOf(ids[1] as string, "rejoin")));
    expect(back.referral.status).toBe("pending");
    expect(Date.parse(back.referral.qualifiesAt)).toBeGreaterThanOrEqual(Date.parse(until));

    const { ids: here } = await line(2);
    const { referral, joinedAt } = await made(api.get(pathOf(here[1] as string)));
    expect(referral).toMatchObject({ status: "qualified", qualifiesAt: null, qualifiedAt: joinedAt });
  });

  test("is voided and restored with a cause, once each however often it is said", async () => {
    const { campaign, ids } = await line(2);
    const id = ids[1] as string;
    const before = await made(api.get(pathOf(id)));
    const voided = await made(api.post(pathOf(id, "void"), { cause: " a double ", eventId: "case 1" }));
    expect(voided).toMatchObject({ standing: "voided", referral: { status: "voided", cause: "a double" } });
    expect(voided).toMatchObject({ seat: before.seat, groupId: before.groupId, leftAt: null });
    expect(await made(api.post(pathOf(id, "void"), { cause: "again" }))).toEqual(voided);
    expect(await made(api.get(pathOf(id)))).toEqual(voided);
    expect(await made(api.post(pathOf(id, "restore"), because))).toEqual(before);
    // The same event much later: it was told.
    expect(await made(api.post(pathOf(id, "void"), { cause: "a double", eventId: "case 1" }))).toEqual(
      before,
    );
    expect(await made(api.post(pathOf(id, "restore"), because))).toEqual(before);
    const entries = (await entriesOf(campaign.id)).filter(
      ({ participantId }: { participantId: string }) => participantId === id,
    );
    expect(entries.map(({ kind, cause }: Record<string, string>) => [kind, cause])).toEqual([
      ["joined", null],
      ["qualified", null],
      ["voided", "a double"],
      ["restored", "because"],
    ]);
    for (const entry of entries) {
      expect(entry).toMatchObject({ inviterId: ids[0], fromInviterId: null, ruleVersion: 1 });
    }
    expect(entries[2].actor).toMatch(/^key_/);
    expect(entries[1].actor).toBe("clock");
  });
});

describe("somebody who is removed", () => {
  test("loses the seat to who waits, cannot come back by themselves, and is credited with nobody new", async () => {
    const { campaign, invite, groups, ids, codes } = await line(1);
    await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 1 }));
    const next = newIdentity();
    expect((await made(joinBy(api, campaign.id, invite.code, next))).outcome).toBe("waitlisted");
    const id = ids[0] as string;
    const removed = await made(api.post(pathOf(id, "remove"), { cause: "sells followers" }));
    expect(removed).toMatchObject({ standing: "removed", seat: null, groupId: null, leftAt: null });
    expect(await made(api.post(pathOf(id, "remove"), because))).toEqual(removed);
    expect((await made(joinBy(api, campaign.id, invite.code, next))).group.id).toBe(groups[0].id);
    await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 5 }));

    for (const told of [undefined, { eventId: "back" }, { eventId: "back" }]) {
      expectProblem(await api.post(pathOf(id, "rejoin"), told), 409, "participant_removed");
    }
    expect((await api.get(pathOf(id))).json.seat).toBeNull();
    const brought = await made(joinBy(api, campaign.id, codes[0] as string));
    expect(brought.outcome).toBe("joined");
    expect(await made(api.get(pathOf(brought.participant.id)))).toMatchObject({
      inviterId: null,
      referral: { status: "voided", refusal: "inviter_removed" },
    });

    const restored = await made(api.post(pathOf(id, "restore"), because));
    expect(restored).toMatchObject({ standing: "good", groupId: groups[0].id });
    const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/events`));
    expect(data.map(({ kind, subject }: Record<string, string>) => [kind, subject])).toContainEqual([
      "participant.removed",
      id,
    ]);
    const kinds = (await entriesOf(campaign.id))
      .filter(({ participantId }: { participantId: string }) => participantId === id)
      .map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(["joined", "removed", "returned", "restored"]);
    expect((await made(api.get(`/v1/groups/${groups[0].id}`))).used).toBe(3);
  });
});

describe("somebody who is disqualified", () => {
  test("stands on no board, keeps the score, and is back when reinstated", async () => {
    const { campaign, ids } = await line(2);
    const id = ids[0] as string;
    const board = async () =>
      (await made(api.get(`/v1/campaigns/${campaign.id}/leaderboard?metric=direct&fresh=true`))).data.map(
        ({ participant }: { participant: { id: string } }) => participant.id,
      );
    expect(await board()).toEqual([id]);
    const off = await made(api.post(pathOf(id, "disqualify"), { cause: "staff" }));
    expect(off.disqualified).toEqual({ at: expect.stringMatching(/Z$/), cause: "staff" });
    expect(await made(api.post(pathOf(id, "disqualify"), because))).toEqual(off);
    expect(await board()).toEqual([]);
    expect(await made(api.get(pathOf(id)))).toMatchObject({ direct: 1, disqualified: off.disqualified });
    const on = await made(api.post(pathOf(id, "reinstate"), because));
    expect(on.disqualified).toBeNull();
    expect(await made(api.post(pathOf(id, "reinstate"), because))).toEqual(on);
    expect(await board()).toEqual([id]);
    expect((await entriesOf(campaign.id)).map(({ kind }: { kind: string }) => kind)).toEqual([
      "joined",
      "joined",
      "qualified",
      "disqualified",
      "reinstated",
    ]);
  });
});

describe("a move", () => {
  test("corrects the inviter, takes everybody below along, and stands in the ledger", async () => {
    const { campaign, ids } = await line(4);
    const [a, b, c, d] = ids as [string, string, string, string];
    const moved = await made(
      api.post(pathOf(c, "move"), { inviterId: a, cause: "typed the wrong code", eventId: "m1" }),
    );
    expect(moved).toMatchObject({ inviterId: a, depth: 1 });
    expect(await made(api.get(pathOf(d)))).toMatchObject({ inviterId: c, depth: 2 });
    expect(await made(api.post(pathOf(c, "move"), { inviterId: a, ...because }))).toEqual(moved);
    const root = await made(api.post(pathOf(c, "move"), { inviterId: null, ...because }));
    expect(root).toMatchObject({ inviterId: null, depth: 0, referral: null });
    // Its first event again changes nothing.
    await made(api.post(pathOf(c, "move"), { inviterId: a, cause: "x", eventId: "m1" }));
    expect(await made(api.get(pathOf(c)))).toEqual(root);
    expect(await made(api.get(pathOf(a)))).toMatchObject({ direct: 1, team: 1 });
    const entries = (await entriesOf(campaign.id)).filter(({ kind }: { kind: string }) => kind === "moved");
    expect(entries).toEqual([
      expect.objectContaining({
        participantId: c,
        fromInviterId: b,
        inviterId: a,
        cause: "typed the wrong code",
      }),
      expect.objectContaining({ participantId: c, fromInviterId: a, inviterId: null, cause: "because" }),
    ]);
  });

  test("is refused with its reason, and then nothing has changed", async () => {
    const { ids } = await line(4);
    const [a, b, c, d] = ids as [string, string, string, string];
    const elsewhere = await line(1);
    const foreign = await mintCampaign(other);
    const stranger = (await made(joinBy(other, foreign.campaign.id, foreign.invite.code))).participant.id;
    await made(api.post(pathOf(a, "remove"), because));
    const before = await made(api.get(pathOf(b)));
    for (const [inviterId, code] of [
      [b, "self"],
      [c, "descendant"],
      [d, "descendant"],
      [elsewhere.ids[0], "not_of_campaign"],
      [stranger, "not_of_campaign"],
      [NOBODY, "not_of_campaign"],
      ["grp_00000000001", "not_of_campaign"],
      ["' OR 1=1 --", "not_of_campaign"],
    ]) {
      const refused = await api.post(pathOf(b, "move"), { inviterId, ...because });
      expectProblem(refused, 409, "invalid_move", "/inviterId");
      expect(refused.json.errors[0].code, inviterId).toBe(code);
    }
    const refused = await api.post(pathOf(c, "move"), { inviterId: a, ...because });
    expect(refused.json.errors[0].code).toBe("removed");
    expect(await made(api.get(pathOf(b)))).toEqual(before);
    expectProblem(await api.post(pathOf(b, "move"), because), 400, "invalid_request", "/inviterId");
    expectProblem(await api.post(pathOf(b, "move"), { inviterId: null }), 400, "invalid_request", "/cause");
    expectProblem(
      await api.post(pathOf(b, "move"), { inviterId: 7, ...because }),
      400,
      "invalid_request",
      "/inviterId",
    );
  });
});

describe("the ledger as CSV", () => {
  test("quotes what operators wrote, and runs no formula in a spreadsheet", async () => {
    const { campaign, ids } = await line(1);
    const id = ids[0] as string;
    const causes = ['=HYPERLINK("http://x","y")', "+1", "-1", "@a", 'says "no", twice', "plain", "，中文"];
    for (const [i, cause] of causes.entries()) {
      await made(api.post(pathOf(id, i % 2 === 0 ? "void" : "restore"), { cause }));
    }
    const { text } = await api.get(`/v1/campaigns/${campaign.id}/ledger?format=csv&limit=100`);
    const rows = text.split("\r\n");
    expect(rows[0]).toBe(
      "id,kind,participantId,inviterId,fromInviterId,groupId,inviteId,gateVersion,ruleVersion,actor,cause,at",
    );
    const cells = rows.slice(2, -1).map((row) => row.replace(/^.*,key_\w+,/, "").replace(/,[^,]*$/, ""));
    expect(cells).toEqual([
      `"'=HYPERLINK(""http://x"",""y"")"`,
      "'+1",
      "'-1",
      "'@a",
      '"says ""no"", twice"',
      "plain",
      "，中文",
    ]);
  });
});

describe("every one of these", () => {
  test("wants a cause of one line, and nothing that it does not know", async () => {
    const { ids } = await line(1);
    for (const verb of VERBS) {
      const path = pathOf(ids[0] as string, verb);
      for (const body of [
        {},
        { cause: "" },
        { cause: "  " },
        { cause: "x".repeat(301) },
        { cause: "a\nb" },
        { cause: 1 },
      ]) {
        expectProblem(await api.post(path, body), 400, "invalid_request", "/cause");
      }
      expectProblem(await api.post(path, { ...because, why: "" }), 400, "invalid_request", "/why");
      expectProblem(await api.post(path, { ...because, eventId: "" }), 400, "invalid_request", "/eventId");
    }
    expect(await made(api.get(pathOf(ids[0] as string)))).toMatchObject({
      standing: "good",
      disqualified: null,
    });
  });

  test("is another workspace's business not at all, nor another campaign's key's, nor a reader's", async () => {
    const { campaign, ids } = await line(2);
    const id = ids[1] as string;
    const key = async (body: object) =>
      apiWith((await made(api.post("/v1/keys", { name: "k", ...body }))).key);
    const elsewhere = await key({ scopes: ["write"], campaignId: (await mintCampaign(api)).campaign.id });
    const reader = await key({ scopes: ["read"] });
    const before = await made(api.get(pathOf(id)));
    for (const verb of [...VERBS, "move"]) {
      const body = verb === "move" ? { inviterId: null, ...because } : because;
      for (const stranger of [other, elsewhere]) {
        expectProblem(await stranger.post(pathOf(id, verb), body), 404, "not_found");
        expectProblem(await stranger.post(pathOf(NOBODY, verb), body), 404, "not_found");
      }
      expectProblem(await reader.post(pathOf(id, verb), body), 403, "forbidden");
    }
    expect(await made(api.get(pathOf(id)))).toEqual(before);
    const bound = await key({ scopes: ["write"], campaignId: campaign.id });
    expect((await made(bound.post(pathOf(id, "void"), because))).standing).toBe("voided");
  });
});

describe("the rules of a campaign", () => {
  test("count their changes, and entries name the version that was in force", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const path = `/v1/campaigns/${campaign.id}`;
    expect(campaign.ruleVersion).toBe(1);
    await made(joinBy(api, campaign.id, invite.code));
    const patch = async (body: object) => (await made(api.patch(path, body))).ruleVersion;
    expect(await patch({ name: "Autumn", board: { public: true, metric: "direct" } })).toBe(1);
    expect(await patch({ referral: { qualifyAfterMinutes: 5 } })).toBe(2);
    expect(await patch({ referral: { qualifyAfterMinutes: 5 } })).toBe(2);
    expect(await patch({ attribution: { model: "first_touch", windowDays: 7 } })).toBe(3);
    await made(joinBy(api, campaign.id, invite.code));
    const versions = (await entriesOf(campaign.id)).map(
      ({ ruleVersion }: { ruleVersion: number }) => ruleVersion,
    );
    expect(versions).toEqual([1, 3]);
  });
});
