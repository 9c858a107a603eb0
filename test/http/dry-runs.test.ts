import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { askCode, messageTo } from "./support/contacts.ts";
import { made } from "./support/expect.ts";
import { until } from "./support/reviews.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

type Change = { from: string; to: string; participantId: string; reasons: { code: string }[] };

/** Two people who came in by a gate that looks at every table that a gate can look at. */
async function admitted() {
  const list = (await made(api.post("/v1/lists", { name: `guests ${Math.random()}` }))).id;
  const gate = {
    all: [
      { kind: "verifiedContact" },
      { kind: "level", min: 3 },
      { kind: "list", list, mode: "allow" },
      { kind: "purchase", minAmount: 100, currency: "CNY" },
      { kind: "payment", amount: 50, currency: "CNY" },
      { kind: "newcomer" },
      { kind: "quota", limit: 2 },
      { kind: "invitedBy", by: "member", tag: "speaker" },
      { kind: "review" },
    ],
  };
  const { campaign, community, invite } = await mintCampaign(api);
  const host = newIdentity();
  const own = (await made(joinBy(api, campaign.id, invite.code, host))).invite.code;
  const tell = (identity: object, more: object) =>
    made(api.put(`/v1/communities/${community.id}/members`, { members: [{ identity, ...more }] }));
  await tell(host, { tags: ["speaker"] });
  await made(api.patch(`/v1/campaigns/${campaign.id}`, { gate }));
  const orders: string[] = [];
  const people: { identity: object; participantId: string }[] = [];
  for (let i = 0; i < 2; i++) {
    const identity = newIdentity();
    await tell(identity, { level: 3 });
    await made(api.post(`/v1/lists/${list}/entries`, { add: [identity] }));
    const reference = `D-${Math.random()}`;
    const order = { amount: 100, currency: "CNY" };
    orders.push((await made(api.post("/v1/orders", { ...order, reference }))).id);
    await askCode(own, identity);
    const { code: contactCode } = await messageTo(identity.value);
    const sent = { contactCode, order: reference };
    expect((await made(joinBy(api, campaign.id, own, identity, sent))).outcome).toBe("pending");
    const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/reviews?state=open`));
    await made(api.post(`/v1/reviews/${data[0].id}/approve`, {}));
    const { data: newest } = await until<{ data: { id: string }[] }>(
      () => made(api.get(`/v1/campaigns/${campaign.id}/participants`)),
      ({ data }) => data.length === i + 2,
    );
    people.push({ identity, participantId: newest[0]?.id as string });
  }
  const run = async (draft: object) =>
    (await made(api.post(`/v1/campaigns/${campaign.id}/gate/dry-run`, { gate: draft, lastApplicants: 10 })))
      .applicants;
  return { gate, list, people, orders, tell, run };
}

describe("a dry run on who came in", () => {
  test("takes what they showed as it was shown, and what is known of them as it is by now", async () => {
    const { gate, list, people, orders, tell, run } = await admitted();
    const [ann, bo] = people as [(typeof people)[0], (typeof people)[0]];
    // All places are taken by now, by these very people: nobody else could come in.
    const roomy = { all: gate.all.map((leaf) => (leaf.kind === "quota" ? { ...leaf, limit: 3 } : leaf)) };
    const same = await run(roomy);
    expect([same.evaluated, same.unreadable, same.changes]).toEqual([2, 0, []]);
    expect(same.after).toEqual({ pass: 2, fail: 0, pending: 0 });
    const codesOf = async (draft: object) => {
      const { changes }: { changes: Change[] } = await run(draft);
      return Object.fromEntries(
        changes.map(({ participantId, reasons }) => [participantId, reasons.map(({ code }) => code)]),
      );
    };
    expect(Object.values(await codesOf(gate))).toEqual([["places_taken"], ["places_taken"]]);

    await tell(ann.identity, { level: 1 });
    await made(api.post(`/v1/orders/${orders[0]}/refund`, { amount: 51 }));
    await made(api.post(`/v1/lists/${list}/entries`, { remove: [bo.identity] }));
    await made(api.post(`/v1/orders/${orders[1]}/refund`, { amount: 1 }));
    expect(await codesOf(roomy)).toEqual({
      [ann.participantId]: ["level_too_low", "purchase_short", "order_too_small"],
      [bo.participantId]: ["not_on_list", "purchase_short"],
    });
    expect(await codesOf({ kind: "verifiedContact", types: ["phone"] })).toEqual({
      [ann.participantId]: ["contact_type"],
      [bo.participantId]: ["contact_type"],
    });
  });
});
