import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinAtGate, joinBy, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { walkPages } from "./support/pages.ts";
import { mintRechecked } from "./support/rechecks.ts";
import { until } from "./support/reviews.ts";

const FEE = { kind: "payment", amount: 29_900, currency: "CNY", recheck: true };

let api: Api;
let count = 0;
beforeAll(async () => {
  api = await mintWorkspace();
});

type World = Awaited<ReturnType<typeof mintRechecked>>;

/** Somebody pays the campaign's fee. */
const pay = ({ campaign }: World, identity: object) =>
  made(
    api.post("/v1/orders", {
      reference: `fee-${++count}`,
      amount: 29_900,
      currency: "CNY",
      identity,
      campaignId: campaign.id,
    }),
  );

/** How a member stands, once they stand like that. */
const stands = ({ checkOf }: World, id: string, state: string) =>
  // oxlint-disable-next-line typescript/no-explicit-any
  until<any>(
    () => checkOf(id),
    (check) => check.state === state,
  );

const scoreOf = async ({ campaign }: World, metric: string, name: string): Promise<number> => {
  const { data } = await made(
    api.get(`/v1/campaigns/${campaign.id}/leaderboard?metric=${metric}&fresh=true`),
  );
  // oxlint-disable-next-line typescript/no-explicit-any
  return data.find((row: any) => row.participant.displayName === name)?.score ?? 0;
};

/** What the ledger, the outbox or the audit trail say of a person, oldest first. */
const kindsOf = async ({ campaign }: World, what: string, id: string): Promise<string[]> => {
  const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/${what}?limit=100`));
  // oxlint-disable-next-line typescript/no-explicit-any
  const mine = data.filter((row: any) => (row.participantId ?? row.subject) === id);
  // oxlint-disable-next-line typescript/no-explicit-any
  const kinds = mine.map((row: any) => row.kind);
  return what === "ledger" ? kinds : kinds.reverse();
};

describe("a fee that is given back", () => {
  test("warns, removes after the grace, and lets in again who pays again; the ledger and the boards follow", async () => {
    const world = await mintRechecked(api, { graceHours: 0 }, { carrier: "telegram", gate: FEE });
    const { campaign, invite } = world;
    const [ann, bo] = [newIdentity(), newIdentity()];
    await pay(world, ann);
    const inviter = await made(joinBy(api, campaign.id, invite.code, ann, { displayName: "Ann" }));
    const order = await pay(world, bo);
    const { participant, invite: own } = await made(joinBy(api, campaign.id, inviter.invite.code, bo));
    expect(own.code).toBeTruthy();
    expect(await scoreOf(world, "qualified", "Ann")).toBe(1);

    await made(api.post(`/v1/orders/${order.id}/refund`));
    const removed = await stands(world, participant.id, "removed");
    expect(removed).toMatchObject({
      state: "removed",
      since: expect.any(String),
      nextCheckAt: expect.any(String),
      reasons: [{ criterion: "payment", code: "payment_needed", message: expect.any(String) }],
    });
    expect(await made(api.get(`/v1/participants/${participant.id}`))).toMatchObject({
      standing: "removed",
      seat: null,
      referral: { status: "voided", cause: "payment_needed" },
    });
    for (const metric of ["direct", "qualified", "team"]) expect(await scoreOf(world, metric, "Ann")).toBe(0);
    expectProblem(
      await api.post(`/v1/participants/${participant.id}/rejoin`, {}),
      409,
      "participant_removed",
    );

    await pay(world, bo);
    expect(await stands(world, participant.id, "passing")).toMatchObject({ since: null, reasons: [] });
    expect(await made(api.get(`/v1/participants/${participant.id}`))).toMatchObject({
      standing: "good",
      seat: { state: "confirmed" },
      referral: { status: "qualified" },
    });
    for (const metric of ["direct", "qualified", "team"]) expect(await scoreOf(world, metric, "Ann")).toBe(1);
    expect(await kindsOf(world, "ledger", participant.id)).toEqual([
      "joined",
      "qualified",
      "warned",
      "removed",
      "restored",
    ]);
    expect(await kindsOf(world, "events", participant.id)).toEqual([
      "participant.warned",
      "participant.removed",
      "participant.restored",
    ]);
    // The inviter has paid, and nothing happened to them.
    expect(await kindsOf(world, "ledger", inviter.participant.id)).toEqual(["joined"]);
  });

  test("leaves time where there is a grace, says so on the person's page, and an appeal spares them", async () => {
    const world = await mintRechecked(api, { graceHours: 48 }, { carrier: "telegram", gate: FEE });
    const identity = newIdentity();
    const order = await pay(world, identity);
    const { participant, pass } = await made(joinAtGate(world.invite.code, { identity }));
    await made(api.post(`/v1/orders/${order.id}/refund`));
    const { since, graceUntil } = await stands(world, participant.id, "warned");
    expect(Date.parse(graceUntil) - Date.parse(since)).toBe(48 * 3_600_000);
    const { data } = await made(api.get(`/v1/campaigns/${world.campaign.id}/events`));
    expect(data[0]).toMatchObject({
      kind: "participant.warned",
      subject: participant.id,
      data: { reasons: "payment_needed", graceUntil },
    });
    const path = new URL(pass).pathname;
    const asJson = { Accept: "application/json", "Content-Type": "application/json" };
    const page = () => made(request(path, { headers: asJson }));
    expect((await page()).warning).toMatchObject({ state: "warned", until: graceUntil, mayAppeal: true });

    const statement = JSON.stringify({ statement: "The shop gave it back by mistake." });
    await made(request(`${path}/appeal`, { method: "POST", headers: asJson, body: statement }));
    const cases = await made(api.get(`/v1/campaigns/${world.campaign.id}/reviews?kind=appeal`));
    await made(api.post(`/v1/reviews/${cases.data[0].id}/approve`, { reason: "so it did" }));
    expect(await stands(world, participant.id, "exempt")).toMatchObject({ exemptUntil: expect.any(String) });
    expect((await page()).warning ?? null).toBeNull();
    expect(await kindsOf(world, "events", participant.id)).toEqual([
      "participant.warned",
      "participant.cleared",
    ]);
  });

  test("takes nothing from the inviter where the campaign keeps credits", async () => {
    const rules = { graceHours: 0, credits: "keep" };
    const world = await mintRechecked(api, rules, { carrier: "telegram", gate: FEE });
    const [ann, bo] = [newIdentity(), newIdentity()];
    await pay(world, ann);
    const inviter = await made(
      joinBy(api, world.campaign.id, world.invite.code, ann, { displayName: "Ann" }),
    );
    const order = await pay(world, bo);
    const { participant } = await made(joinBy(api, world.campaign.id, inviter.invite.code, bo));
    await made(api.post(`/v1/orders/${order.id}/refund`));
    await stands(world, participant.id, "removed");
    expect(await made(api.get(`/v1/participants/${participant.id}`))).toMatchObject({
      standing: "released",
      seat: null,
      referral: { status: "qualified" },
    });
    for (const metric of ["direct", "qualified", "team"]) expect(await scoreOf(world, metric, "Ann")).toBe(1);
    expect(await kindsOf(world, "ledger", participant.id)).toEqual([
      "joined",
      "qualified",
      "warned",
      "released",
    ]);
  });
});

describe("the removal queue", () => {
  test("lists who is to be removed by hand; removing carries it out once, and passing lets them back", async () => {
    const world = await mintRechecked(api, { graceHours: 0 });
    const { campaign } = world;
    const path = `/v1/campaigns/${campaign.id}/checks`;
    const identity = newIdentity();
    const { participant } = await world.enter(identity);
    const fine = await world.member();
    expect((await made(api.get(path))).data).toEqual([]);
    expectProblem(
      await api.post(`/v1/participants/${fine}/checks/remove`, { cause: "x" }),
      409,
      "invalid_transition",
    );
    await world.setLevel(identity, 1);
    await stands(world, participant.id, "due");
    const others = [await world.dueMember(), await world.dueMember()];
    const { forwards } = await walkPages(api, path, 1);
    expect(forwards.map(({ data }) => data[0].participantId)).toEqual([participant.id, ...others]);
    const { data } = await made(api.get(`${path}?state=passing`));
    expect(data).toMatchObject([{ participantId: fine, reasons: [] }]);
    const [first] = (await made(api.get(path, undefined, { "Accept-Language": "zh-CN" }))).data;
    expect(first).toMatchObject({ participantId: participant.id, state: "due", groupId: expect.any(String) });
    expect(first.reasons[0]).toMatchObject({
      criterion: "level",
      code: "level_too_low",
      message: expect.stringMatching("等级"),
    });

    const remove = () =>
      api.post(`/v1/participants/${participant.id}/checks/remove`, { cause: "as announced" });
    const answers = await Promise.all([remove(), remove(), remove()]);
    for (const answer of answers) expect(answer.json, answer.text).toMatchObject({ state: "removed" });
    expect(await made(api.get(`/v1/participants/${participant.id}`))).toMatchObject({
      standing: "removed",
      referral: null,
      seat: null,
    });
    expect(await kindsOf(world, "ledger", participant.id)).toEqual(["joined", "warned", "removed"]);
    expect(await kindsOf(world, "events", participant.id)).toEqual([
      "participant.warned",
      "participant.removal_due",
      "participant.removed",
    ]);
    await world.setLevel(identity, 3);
    await stands(world, participant.id, "passing");
    expect((await made(api.get(`/v1/participants/${participant.id}`))).standing).toBe("good");
  });

  test("lets go whom an operator spares, until they spare them no more", async () => {
    const world = await mintRechecked(api, { graceHours: 0 });
    const id = await world.dueMember();
    const exempt = (until: string | null) =>
      api.post(`/v1/participants/${id}/checks/exempt`, { until, cause: "a guest of honour" });
    expectProblem(await exempt("2020-01-01T00:00:00Z"), 400, "invalid_request", "/until");
    await made(exempt("2099-01-01T00:00:00Z"));
    expect(await stands(world, id, "exempt")).toMatchObject({ exemptUntil: "2099-01-01T00:00:00.000Z" });
    expect((await made(api.get(`/v1/campaigns/${world.campaign.id}/checks`))).data).toEqual([]);
    await made(exempt(null));
    await stands(world, id, "due");
    const { data } = await made(api.get(`/v1/campaigns/${world.campaign.id}/audit?limit=100`));
    // oxlint-disable-next-line typescript/no-explicit-any
    const mine = data.filter((row: any) => row.subject === id).map((row: any) => row.kind);
    expect(mine).toEqual(expect.arrayContaining(["check.warned", "check.due", "check.exempted"]));
  });

  test("belongs to its workspace and its campaign, and is none where nothing is judged again", async () => {
    const world = await mintRechecked(api);
    const id = await world.member();
    const other = await mintWorkspace();
    const until = "2099-01-01T00:00:00Z";
    for (const one of [
      await other.get(`/v1/campaigns/${world.campaign.id}/checks`),
      await other.get(`/v1/participants/${id}/checks`),
      await other.post(`/v1/participants/${id}/checks/exempt`, { until, cause: "x" }),
      await other.post(`/v1/participants/${id}/checks/remove`, { cause: "x" }),
    ]) {
      expectProblem(one, 404, "not_found");
    }
    expect(await world.checkOf(id)).toMatchObject({ state: "passing", exemptUntil: null });
    const plain = await mintRechecked(api, {}, { gate: { kind: "level", min: 3 } });
    expectProblem(await api.get(`/v1/participants/${await plain.member()}/checks`), 404, "not_found");
  });
});
