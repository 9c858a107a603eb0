import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** A campaign behind a gate, how to come to it, and who is in. */
async function gated(gate: object) {
  const { campaign, community, invite } = await mintCampaign(api, { campaign: { gate } });
  return {
    tell: (members: object[]) => made(api.put(`/v1/communities/${community.id}/members`, { members })),
    mint: async (codes: object) =>
      (await made(api.post(`/v1/campaigns/${campaign.id}/access-codes`, codes))).data[0].code as string,
    come: (identity: object, more: Record<string, unknown> = {}) =>
      made(joinBy(api, campaign.id, invite.code, identity, more)),
    people: async () => (await made(api.get(`/v1/campaigns/${campaign.id}/participants`))).data,
  };
}

const mintList = async (by: Api, name: string) => (await made(by.post("/v1/lists", { name }))).id as string;
const change = (by: Api, id: string, body: object) => made(by.post(`/v1/lists/${id}/entries`, body));
const codesOf = ({ reasons }: { reasons: { code: string }[] }) => reasons.map(({ code }) => code);
const PATIENCE = { timeout: 30_000, interval: 100 };

describe("a gate with a list", () => {
  test("lets in who waits for it, as soon as they are put on it", async () => {
    const list = await mintList(api, "allowed");
    const { come, people } = await gated({ kind: "list", list, mode: "allow" });
    const [one, two] = [newIdentity(), newIdentity()];
    for (const who of [one, two]) expect(await come(who)).toMatchObject({ outcome: "pending" });
    await change(api, list, { add: [one, newIdentity()] });
    await expect.poll(people, PATIENCE).toHaveLength(1);
    expect((await come(one)).outcome).toBe("already_joined");
    expect((await come(two)).outcome).toBe("pending");
  });

  test("turns away who is on it, and nobody else, for as long as they are", async () => {
    const list = await mintList(api, "denied");
    const { come } = await gated({ kind: "list", list, mode: "deny" });
    const one = newIdentity();
    await change(api, list, { add: [one] });
    const turned = await come({ ...one, value: one.value.toUpperCase() });
    expect(turned.outcome).toBe("rejected");
    expect(codesOf(turned)).toContain("denied");
    expect((await come(newIdentity())).outcome).toBe("joined");
    await change(api, list, { remove: [one] });
    expect((await come(one)).outcome).toBe("joined");
  });

  test("learns nothing of another workspace's list, though it names it", async () => {
    const other = await mintWorkspace();
    const list = await mintList(other, "theirs");
    const one = newIdentity();
    await change(other, list, { add: [one] });
    const allow = await gated({ kind: "list", list, mode: "allow" });
    expect((await allow.come(one)).outcome).toBe("pending");
    const deny = await gated({ kind: "list", list, mode: "deny" });
    expect((await deny.come(one)).outcome).toBe("joined");
  });
});

describe("an access code for a role", () => {
  test("does for whoever has the tag, and says so to whoever has not", async () => {
    const { come, mint, tell } = await gated({ kind: "accessCode", role: true });
    const accessCode = await mint({ maxUses: 5, role: "speaker" });
    const [one, two, three] = [newIdentity(), newIdentity(), newIdentity()];
    await tell([
      { identity: one, tags: ["vip", "speaker"] },
      { identity: two, tags: ["vip", "Speaker", "speakers"] },
    ]);
    expect((await come(one, { accessCode })).outcome).toBe("joined");
    for (const who of [two, three]) {
      const turned = await come(who, { accessCode });
      expect(turned.outcome).toBe("rejected");
      expect(codesOf(turned)).toContain("code_for_role");
    }
    await tell([{ identity: three, addTags: ["speaker"] }]);
    expect((await come(three, { accessCode })).outcome).toBe("joined");
    // A code for anybody does at the same gate; one for a role does at no gate that does not look at roles.
    expect((await come(two, { accessCode: await mint({}) })).outcome).toBe("joined");
    const blind = await gated({ kind: "accessCode" });
    const turned = await blind.come(newIdentity(), { accessCode: await blind.mint({ role: "speaker" }) });
    expect(codesOf(turned)).toContain("code_for_role");
  });
});
