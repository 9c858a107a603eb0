import { beforeAll, describe, expect, test } from "vitest";
import { type Api, apiWith, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { because, entriesOf, mintLine, NOBODY, personPath as pathOf } from "./support/people.ts";

const VERBS = ["void", "remove", "restore", "disqualify", "reinstate"] as const;

let api: Api;
let other: Api;
beforeAll(async () => {
  [api, other] = [await mintWorkspace(), await mintWorkspace()];
});

describe("a referral", () => {
  test("is pending until the friend has stayed, and qualified at once where nobody has to", async () => {
    const { ids } = await mintLine(api, 2, { referral: { qualifyAfterMinutes: 60 } });
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

    const { ids: here } = await mintLine(api, 2);
    const { referral, joinedAt } = await made(api.get(pathOf(here[1] as string)));
    expect(referral).toMatchObject({ status: "qualified", qualifiesAt: null, qualifiedAt: joinedAt });
  });

  test("is voided and restored with a cause, once each however often it is said", async () => {
    const { campaign, ids } = await mintLine(api, 2);
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
    const entries = (await entriesOf(api, campaign.id)).filter(
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
    const { campaign, invite, groups, ids, codes } = await mintLine(api, 1);
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
    const kinds = (await entriesOf(api, campaign.id))
      .filter(({ participantId }: { participantId: string }) => participantId === id)
      .map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(["joined", "removed", "returned", "restored"]);
    expect((await made(api.get(`/v1/groups/${groups[0].id}`))).used).toBe(3);
  });
});

describe("somebody who is disqualified", () => {
  test("stands on no board, keeps the score, and is back when reinstated", async () => {
    const { campaign, ids } = await mintLine(api, 2);
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
    expect((await entriesOf(api, campaign.id)).map(({ kind }: { kind: string }) => kind)).toEqual([
      "joined",
      "joined",
      "qualified",
      "disqualified",
      "reinstated",
    ]);
  });
});

describe("every one of these", () => {
  test("wants a cause of one line, and nothing that it does not know", async () => {
    const { ids } = await mintLine(api, 1);
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
    const { campaign, ids } = await mintLine(api, 2);
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
