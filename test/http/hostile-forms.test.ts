import { beforeAll, describe, expect, test } from "vitest";
import {
  type Api,
  joinAtGate,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { messageTo, sentTo } from "./support/contacts.ts";
import { expectProblem, made } from "./support/expect.ts";
import { HOSTILE_VALUES } from "./support/hostile.ts";
import { eachOf } from "./support/operations.ts";
import { applyTo, mintReviewed, send } from "./support/reviews.ts";

const GATE = { all: [{ kind: "verifiedContact" }, { kind: "review", reapplyLimit: 0 }] };
const LIMIT = 64 * 1024;

let api: Api;
// oxlint-disable-next-line typescript/no-explicit-any
let world: any;
beforeAll(async () => {
  api = await mintWorkspace();
  world = await mintCampaign(api, { campaign: { gate: GATE } });
});

const post = (path: string, body: string, type = "application/json") =>
  request(path, { method: "POST", headers: { "Content-Type": type, Accept: "application/json" }, body });
const twenty = <T>(make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: 20 }, (_, i) => make(i)));
/** How often each answer came. */
const tally = (all: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const one of all) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
};

/** Somebody who waits, and their page. */
const waiting = () => applyTo(api, world);
/** The forms that are read without a key, beside the gate's own, each with its one field. */
const formsOf = async (): Promise<[path: string, field: string][]> => {
  const { path } = await waiting();
  return [
    [`${path}/code`, "contactCode"],
    [`${path}/appeal`, "statement"],
    [`/i/${world.invite.code}/contact`, "identity"],
  ];
};

describe("the forms of people without a key", () => {
  test("refuse what is broken, of another type, too large, unknown, or no object", async () => {
    await eachOf(await formsOf(), async ([path, field]) => {
      expectProblem(await post(path, "{"), 400, "invalid_json");
      for (const none of ["null", "[]", '"x"', "1"]) {
        expectProblem(await post(path, none), 400, "invalid_request", "");
      }
      for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/xml"]) {
        expectProblem(await post(path, "x=1", type), 415, "unsupported_media_type");
      }
      expectProblem(await post(path, `{"${field}":"${"x".repeat(LIMIT)}"}`), 413, "body_too_large");
      const unknown = await post(path, `{"${field}":null,"__proto__":{"a":1},"constructor":1}`);
      expectProblem(unknown, 400, "invalid_request", `/${field}`, "/__proto__", "/constructor");
    });
  });

  test("take a hostile value or name its field, and never break", async () => {
    const forms = await formsOf();
    const calls = forms.flatMap(([path, field]) => HOSTILE_VALUES.map((value) => ({ path, field, value })));
    await eachOf(calls, async ({ path, field, value }) => {
      const answer = await post(path, `{"${field}":${value}}`);
      const said = `${path} ${value.slice(0, 60)}: ${answer.status} ${answer.text.slice(0, 200)}`;
      expect([200, 201, 202, 400, 409], said).toContain(answer.status);
      if (answer.status !== 400) return;
      expect(answer.json.code, said).toBe("invalid_request");
      expect(answer.json.errors[0].path, said).toMatch(new RegExp(`^/${field}`));
      expect(answer.text, said).not.toContain("<script>");
    });
  });

  test("know a pass of another kind, or one that was changed, for none", async () => {
    const { path } = await waiting();
    const open = await mintCampaign(api);
    const { pass } = await made(joinBy(api, open.campaign.id, open.invite.code));
    const [application, participant] = [path.slice(3), new URL(pass).pathname.slice(3)];
    const other = (text: string) => (text === "0" ? "1" : "0");
    const changed = application.slice(0, -1) + other(application.at(-1) as string);
    const wrong = [participant, changed, `${application}0`, application.slice(1), "0".repeat(5000)];
    const ends = ["", "/contact", "/code", "/appeal"];
    await eachOf(
      wrong.flatMap((text) => ends.map((end) => ({ text, end }))),
      async ({ text, end }) => {
        const body = end === "/code" ? { contactCode: "123456" } : { statement: "x" };
        expectProblem(await send(`/a/${text}${end}`, body), 404, "pass_not_found");
      },
    );
    for (const end of ["/appeal", "/seat"]) {
      expectProblem(await send(`/p/${application}${end}`, { statement: "x" }), 404, "pass_not_found");
    }
    const screen = await request(`/screen/${application}`, { headers: { Accept: "application/json" } });
    expectProblem(screen, 404, "display_not_found");
  });
});

describe("twenty at once", () => {
  test("have one code sent to who waits, and five guesses at it; one that was used is worth nothing", async () => {
    const { identity, path } = await waiting();
    const asked = await twenty(() => send(`${path}/contact`));
    expect(tally(asked.map(({ status }) => `${status}`))).toEqual({ 202: 20 });
    const { code } = await messageTo(identity.value);
    expect(await sentTo(identity.value)).toHaveLength(1);
    const shown = await twenty(() => send(`${path}/code`, { contactCode: code }));
    // It counts for this page from the first time on, and for nobody else's.
    expect(shown.every(({ json }) => json.verified)).toBe(true);
    const stranger = await joinAtGate(world.invite.code, { identity, contactCode: code });
    expect(stranger.json).toMatchObject({ outcome: "rejected", application: null });

    const mallory = await waiting();
    await send(`${mallory.path}/contact`);
    const theirs = (await messageTo(mallory.identity.value)).code;
    const wrong = String((Number(theirs) + 1) % 1_000_000).padStart(6, "0");
    const guesses = await twenty(() => send(`${mallory.path}/code`, { contactCode: wrong }));
    const codes = guesses.map(({ json }) => json.reasons[0].code);
    expect(tally(codes)).toEqual({ contact_wrong: 4, contact_attempts: 16 });
    const late = await send(`${mallory.path}/code`, { contactCode: theirs });
    expect(late.json.verified).toBe(false);
    const other = await waiting();
    expect((await send(`${other.path}/code`, { contactCode: code })).json.verified).toBe(false);
  });

  test("make one appeal, and one decision on it", async () => {
    const reviewed = await mintReviewed(api, { reapplyLimit: 0 });
    const { review, path } = await applyTo(api, reviewed);
    await made(api.post(`/v1/reviews/${review.id}/reject`, { reason: "no" }));
    const appeals = await twenty((i) => send(`${path}/appeal`, { statement: `please ${i}` }));
    expect(tally(appeals.map(({ status }) => `${status}`))).toEqual({ 201: 1, 409: 19 });
    const { data } = await made(api.get(`/v1/campaigns/${reviewed.campaign.id}/reviews?kind=appeal`));
    expect(data).toHaveLength(1);
    const decided = await twenty((i) => {
      const path = `/v1/reviews/${data[0].id}`;
      return i % 2 === 0 ? api.post(`${path}/approve`, {}) : api.post(`${path}/reject`, { reason: "no" });
    });
    expect(tally(decided.map(({ status }) => `${status}`))).toEqual({ 200: 10, 409: 10 });
    expect(new Set(decided.map(({ json }) => json.state).filter(Boolean)).size).toBe(1);
  });

  test("are one person where the gate passes by now", async () => {
    const reviewed = await mintReviewed(api);
    const { review, path } = await applyTo(api, reviewed);
    await made(api.post(`/v1/reviews/${review.id}/approve`, {}));
    const asked = await twenty(() => send(path));
    expect(tally(asked.map(({ status }) => `${status}`))).toEqual({ 303: 20 });
    const { data } = await made(api.get(`/v1/campaigns/${reviewed.campaign.id}/participants`));
    expect(data).toHaveLength(1);
  });

  test("add and remove the same people, make the same list and take codes: no count is lost", async () => {
    const made20 = await twenty(() => api.post("/v1/lists", { name: "the same" }));
    expect(tally(made20.map(({ status }) => `${status}`))).toEqual({ 200: 19, 201: 1 });
    const list = `/v1/lists/${made20[0]?.json.id}`;
    const people = Array.from({ length: 20 }, newIdentity);
    const changes = await twenty((i) =>
      made(api.post(`${list}/entries`, i % 2 === 0 ? { add: people } : { remove: people })),
    );
    const left = changes.reduce((sum: number, { added, removed }) => sum + added - removed, 0);
    expect((await made(api.get(list))).entries).toBe(left);

    const { campaign } = await mintCampaign(api);
    const batches = await twenty(() =>
      made(api.post(`/v1/campaigns/${campaign.id}/access-codes`, { count: 20 })),
    );
    const codes: { id: string; code: string; batchId: string }[] = batches.flatMap(({ data }) => data);
    for (const [field, count] of [
      ["id", 400],
      ["code", 400],
      ["batchId", 20],
    ] as const) {
      expect(new Set(codes.map((one) => one[field])).size, field).toBe(count);
    }
  });

  test("come by the number of one order: one is in, and told so", async () => {
    const fee = { kind: "payment", amount: 100, currency: "CNY" };
    const { campaign, invite } = await mintCampaign(api, {
      groups: [{ capacity: 50 }],
      campaign: { gate: fee },
    });
    const order = "one number";
    await made(api.post("/v1/orders", { reference: order, amount: 100, currency: "CNY" }));
    const came = await twenty(() => joinAtGate(invite.code, { identity: newIdentity(), order }));
    expect(tally(came.map(({ json }) => json.outcome))).toEqual({ joined: 1, pending: 19 });
    const refused = came.flatMap(({ json }) => json.reasons).filter(({ result }) => result === "pending");
    expect(tally(refused.map(({ code }: { code: string }) => code))).toEqual({ order_of_another: 19 });
    expect((await made(api.get(`/v1/campaigns/${campaign.id}/participants`))).data).toHaveLength(1);
  });

  test("import the same orders: each is made once; a stranger's campaign or application keeps no other out", async () => {
    const other = await mintWorkspace();
    const theirs = await mintReviewed(other);
    const { applicationId } = await applyTo(other, theirs);
    const import20 = (body: string) => api.post("/v1/orders/import", body, { "Content-Type": "text/csv" });
    const table = [
      "reference,amount,currency,campaignId,application",
      ...Array.from({ length: 50 }, (_, i) => `same-${i},100,CNY,,`),
      `theirs-1,100,CNY,${theirs.campaign.id},`,
      `theirs-2,100,CNY,,${applicationId}`,
    ].join("\n");
    const imports = await twenty(() => made(import20(table)));
    expect(imports.reduce((sum: number, { created }) => sum + created, 0)).toBe(50);
    for (const { created, unchanged, refused } of imports) {
      expect(created + unchanged).toBe(50);
      expect(refused.map(({ errors }: { errors: { code: string }[] }) => errors[0]?.code)).toEqual([
        "unknown_campaign",
        "unknown_application",
      ]);
    }
  });
});
