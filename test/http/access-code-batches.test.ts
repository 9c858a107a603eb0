import { beforeAll, describe, expect, test } from "vitest";
import { type Api, apiWith, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { inParallel } from "../support/load.ts";
import { expectProblem, made } from "./support/expect.ts";

const GATED = { gate: { kind: "accessCode" } };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** A campaign that asks for an access code. */
async function gated(capacity = 10) {
  const { campaign, invite } = await mintCampaign(api, { campaign: GATED, groups: [{ capacity }] });
  const path = `/v1/campaigns/${campaign.id}/access-codes`;
  const come = async (accessCode: string, identity: object = newIdentity()) =>
    made(joinBy(api, campaign.id, invite.code, identity, { accessCode }));
  return { campaign, path, come, mint: async (more: object) => (await made(api.post(path, more))).data };
}

type Code = { id: string; code: string; batchId: string };
const cellsOf = (text: string) =>
  text
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));

describe("batches of access codes", () => {
  test("hold 10,000 codes of one request, that come as CSV and are revoked together", async () => {
    const { campaign, path, come, mint } = await gated();
    const asked = { count: 10_000, label: "=SUM(A1), all", role: "vip" };
    const codes: Code[] = await mint(asked);
    expect(codes).toHaveLength(10_000);
    expect(new Set(codes.map(({ code }) => code)).size).toBe(10_000);
    const [first] = codes as [Code];
    expect(new Set(codes.map(({ batchId }) => batchId))).toEqual(new Set([first.batchId]));
    expect(first).toMatchObject({ batchId: expect.stringMatching(/^cbt_/), role: "vip", uses: 0 });
    const [kept] = await mint({});
    const csv = await api.get(`${path}?batch=${first.batchId}&format=csv`);
    expect(csv.status).toBe(200);
    expect(csv.headers.get("Content-Type")).toMatch(/^text\/csv/);
    // A spreadsheet would run a cell that begins with an equals sign.
    expect(csv.text).toContain(`"'=SUM(A1), all"`);
    const [columns, ...rows] = cellsOf(csv.text.replaceAll(`"'=SUM(A1), all"`, "label")) as [
      string[],
      ...string[][],
    ];
    expect([...columns].sort()).toEqual(Object.keys(first).sort());
    const at = columns.indexOf("code");
    expect(rows.map((row) => row[at])).toEqual(codes.map(({ code }) => code).reverse());

    const revoke = () => made(api.post(`/v1/access-code-batches/${first.batchId}/revoke`));
    const revoked = { id: first.batchId, campaignId: campaign.id, codes: 10_000, revoked: 10_000 };
    expect(await revoke()).toEqual(revoked);
    expect(await revoke()).toEqual(revoked);
    const turned = await come((codes[5000] as Code).code);
    expect(turned).toMatchObject({ outcome: "rejected" });
    expect(turned.reasons).toContainEqual(expect.objectContaining({ code: "code_revoked" }));
    expect((await come(kept.code)).outcome).toBe("joined");
  });

  test("are listed one by one, and name the key that asked for them", async () => {
    const { path, mint } = await gated();
    const { id, key } = await made(api.post("/v1/keys", { name: "shop", scopes: ["write"] }));
    const one: Code[] = await mint({ count: 5 });
    const two = (await made(apiWith(key).post(path, { count: 3, maxUses: 4 }))).data;
    expect(one[0]?.batchId).not.toBe(two[0].batchId);
    expect(two[0]).toMatchObject({ issuer: id, role: null, maxUses: 4 });
    const page = await made(api.get(`${path}?batch=${one[0]?.batchId}&limit=2`));
    const rest = await made(api.get(`${path}?batch=${one[0]?.batchId}&limit=100&cursor=${page.next}`));
    expect([...page.data, ...rest.data]).toEqual([...one].reverse());
    expect((await made(api.get(path))).data).toEqual([...one, ...two].reverse());
    const csv = await api.get(`${path}?format=csv&limit=3`);
    expect(cellsOf(csv.text)).toHaveLength(4);
    expect(csv.headers.get("X-Next-Cursor")).not.toBeNull();
    expectProblem(await api.get(`${path}?batch=acc_00000000001`), 400, "invalid_request", "?batch");
    expect((await made(api.get(`${path}?batch=cbt_00000000001`))).data).toEqual([]);
  });

  test("are one campaign's: a key of another one neither sees nor revokes them", async () => {
    const { path, mint } = await gated();
    const other = await gated();
    const [code] = await mint({ count: 2 });
    const body = { name: "bound", scopes: ["write"], campaignId: other.campaign.id };
    const bound = apiWith((await made(api.post("/v1/keys", body))).key);
    expectProblem(await bound.post(`/v1/access-code-batches/${code.batchId}/revoke`), 404, "not_found");
    expectProblem(await bound.get(`${path}?batch=${code.batchId}&format=csv`), 404, "not_found");
    expect(cellsOf((await api.get(`${other.path}?batch=${code.batchId}&format=csv`)).text)).toHaveLength(1);
    expect((await made(api.get(path))).data[0].revokedAt).toBeNull();
    expectProblem(await api.post("/v1/access-code-batches/cbt_00000000001/revoke"), 404, "not_found");
  });
});

describe("a crowd with one code", () => {
  test("of ten uses: of 500 at once ten are in, and everybody else is told why not", async () => {
    const { path, come, mint } = await gated(500);
    const [{ code }] = await mint({ maxUses: 10 });
    const people = Array.from({ length: 500 }, newIdentity);
    const answers = await inParallel(people, 64, (who) => come(code, who));
    const inside = answers.filter(({ outcome }) => outcome === "joined");
    expect(inside).toHaveLength(10);
    expect(new Set(inside.map(({ participant }) => participant.id)).size).toBe(10);
    for (const { outcome, reasons } of answers) {
      if (outcome === "joined") continue;
      expect(outcome).toBe("rejected");
      expect(reasons).toContainEqual(expect.objectContaining({ code: "code_used_up" }));
    }
    expect((await made(api.get(path))).data[0]).toMatchObject({ uses: 10, maxUses: 10 });
  }, 120_000);
});
