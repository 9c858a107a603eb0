import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinAtGate, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";

const GATED = { campaign: { gate: { kind: "accessCode" } } };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** A campaign that asks for an access code, and how to come with one. */
async function gated() {
  const { campaign, invite } = await mintCampaign(api, GATED);
  const path = `/v1/campaigns/${campaign.id}/access-codes`;
  return {
    path,
    invite,
    mint: async (more: object = {}) => (await made(api.post(path, more))).data[0],
    come: async (accessCode: string | undefined, identity: unknown = newIdentity()) =>
      made(joinBy(api, campaign.id, invite.code, identity, { accessCode })),
  };
}

/** What the gate said about the code. */
const reasonOf = ({ reasons }: { reasons: { criterion: string }[] }) =>
  reasons.find(({ criterion }) => criterion === "accessCode");

describe("access codes", () => {
  test("a set of codes is made at once, each its own", async () => {
    const { path } = await gated();
    const body = { count: 40, maxUses: 2, label: "VIP", expiresAt: hoursFromNow(1) };
    const created = await api.post(path, body);
    expect(created.status).toBe(201);
    const codes: { id: string; code: string }[] = created.json.data;
    expect(new Set(codes.map(({ code }) => code)).size).toBe(40);
    expect(codes.map(({ id }) => id)).toEqual([...new Set(codes.map(({ id }) => id))].sort());
    const { count: _, ...shared } = body;
    for (const code of codes) {
      expect(code).toMatchObject({ ...shared, uses: 0, forRecipient: false, revokedAt: null });
    }
    const listed = (await made(api.get(`${path}?limit=100`))).data;
    expect(listed).toEqual([...codes].reverse());
  });

  test("every fault is told at once", async () => {
    const { path } = await gated();
    const wrong = { count: 10_001, maxUses: 0, recipient: { type: "email", value: "nobody" }, code: "MINE" };
    const faults = ["/count", "/maxUses", "/recipient/value", "/code"];
    expectProblem(await api.post(path, wrong), 400, "invalid_request", ...faults);
    const backwards = { startsAt: hoursFromNow(2), expiresAt: hoursFromNow(1) };
    expectProblem(await api.post(path, backwards), 400, "invalid_request", "/expiresAt");
  });

  test("a good code lets in, typed in any case and with blanks", async () => {
    const { mint, come } = await gated();
    const { code } = await mint({ maxUses: 2 });
    const joined = await come(code);
    expect(joined.outcome).toBe("joined");
    expect(reasonOf(joined)).toMatchObject({ result: "pass" });
    const typed = `${code.slice(0, 4)}-${code.slice(4)} `.toUpperCase();
    expect((await come(typed)).outcome).toBe("joined");
  });

  test("every way in which a code does not do has its own sentence", async () => {
    const { mint, come } = await gated();
    const other = await gated();
    const usedUp = await mint();
    expect((await come(usedUp.code)).outcome).toBe("joined");
    const revoked = await mint();
    await made(api.post(`/v1/access-codes/${revoked.id}/revoke`));
    const cases: [string, string | undefined, RegExp, string][] = [
      ["none", undefined, /needed/, "code_missing"],
      ["unknown", "23456789bcd", /no such/i, "code_unknown"],
      ["of another campaign", (await other.mint()).code, /no such/i, "code_unknown"],
      ["impossible", "'; --", /no such/i, "code_unknown"],
      ["used up", usedUp.code, /used up/, "code_used_up"],
      ["revoked", revoked.code, /withdrawn/, "code_revoked"],
      ["expired", (await mint({ expiresAt: hoursFromNow(-1) })).code, /expired/, "code_expired"],
      ["another's", (await mint({ recipient: newIdentity() })).code, /somebody else/, "code_for_another"],
    ];
    for (const [what, code, message, why] of cases) {
      const answer = await come(code);
      expect(answer, what).toMatchObject({ outcome: "rejected", participant: null, group: null });
      expect(reasonOf(answer), what).toMatchObject({
        result: "fail",
        code: why,
        message: expect.stringMatching(message),
        remedy: expect.any(String),
      });
    }
  });

  test("a code that is not valid yet leaves the join pending", async () => {
    const { mint, come } = await gated();
    const answer = await come((await mint({ startsAt: hoursFromNow(1) })).code);
    expect(answer).toMatchObject({ outcome: "pending", participant: null, pass: null });
    expect(reasonOf(answer)).toMatchObject({
      result: "pending",
      message: expect.stringMatching(/not valid yet/),
    });
  });

  test("a code for one person is theirs, in whatever form they type their identity", async () => {
    const { mint, come } = await gated();
    const { code, forRecipient } = await mint({ recipient: { type: "phone", value: "+86 138 0013 8000" } });
    expect(forRecipient).toBe(true);
    expect((await come(code)).outcome).toBe("rejected");
    expect((await come(code, { type: "phone", value: "13800138000" })).outcome).toBe("joined");
  });

  test("maxUses is exact under a rush, and a stranger or a retry uses nothing up", async () => {
    const { mint, come, path, invite } = await gated();
    const { code } = await mint({ maxUses: 3 });
    const people = Array.from({ length: 8 }, newIdentity);
    const answers = await Promise.all(people.map((who) => come(code, who)));
    const inside = people.filter((_, i) => answers[i].outcome === "joined");
    expect(inside).toHaveLength(3);
    for (const answer of answers.filter(({ outcome }) => outcome !== "joined")) {
      expect(answer.outcome).toBe("rejected");
      expect(reasonOf(answer)).toMatchObject({ message: expect.stringMatching(/used up/) });
    }
    expect((await come(code, inside[0])).outcome).toBe("already_joined");
    await joinAtGate(invite.code, { identity: inside[1], accessCode: code });
    expect((await made(api.get(path))).data[0]).toMatchObject({ uses: 3, maxUses: 3 });
  });

  test("revoking is for good, and said twice it changes nothing", async () => {
    const { mint, path } = await gated();
    const { id } = await mint();
    const revoked = await made(api.post(`/v1/access-codes/${id}/revoke`));
    expect(revoked.revokedAt).not.toBeNull();
    expect(await made(api.post(`/v1/access-codes/${id}/revoke`))).toEqual(revoked);
    expect((await made(api.get(path))).data).toEqual([revoked]);
  });
});
