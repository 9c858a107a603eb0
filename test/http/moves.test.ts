import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { because, entriesOf, mintLine, NOBODY, personPath as pathOf } from "./support/people.ts";

let api: Api;
let other: Api;
beforeAll(async () => {
  [api, other] = [await mintWorkspace(), await mintWorkspace()];
});

describe("a move", () => {
  test("corrects the inviter, takes everybody below along, and stands in the ledger", async () => {
    const { campaign, ids } = await mintLine(api, 4);
    const [a, b, c, d] = ids as [string, string, string, string];
    const moved = await made(
      api.post(pathOf(c, "move"), { inviterId: a, cause: "typed the wrong code", eventId: "m1" }),
    );
    // Who joined a moment ago counts in the answer, though no fold has followed yet.
    expect(moved).toMatchObject({ inviterId: a, depth: 1, direct: 1, team: 1 });
    expect(await made(api.get(pathOf(d)))).toMatchObject({ inviterId: c, depth: 2 });
    expect(await made(api.post(pathOf(c, "move"), { inviterId: a, ...because }))).toEqual(moved);
    const root = await made(api.post(pathOf(c, "move"), { inviterId: null, ...because }));
    expect(root).toMatchObject({ inviterId: null, depth: 0, referral: null });
    // Its first event again changes nothing.
    await made(api.post(pathOf(c, "move"), { inviterId: a, cause: "x", eventId: "m1" }));
    expect(await made(api.get(pathOf(c)))).toEqual(root);
    expect(await made(api.get(pathOf(a)))).toMatchObject({ direct: 1, team: 1 });
    const entries = (await entriesOf(api, campaign.id)).filter(
      ({ kind }: { kind: string }) => kind === "moved",
    );
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
    const { ids } = await mintLine(api, 4);
    const [a, b, c, d] = ids as [string, string, string, string];
    const elsewhere = await mintLine(api, 1);
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
    const { campaign, ids } = await mintLine(api, 1);
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
    const versions = (await entriesOf(api, campaign.id)).map(
      ({ ruleVersion }: { ruleVersion: number }) => ruleVersion,
    );
    expect(versions).toEqual([1, 3]);
  });
});
