import { beforeAll, describe, expect, test } from "vitest";
import { type Api, apiWith, mintWorkspace } from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";
import { figures, of, type Rate, scene } from "./support/growth.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

describe("sources and costs", () => {
  const put = (campaign: { id: string }, costs: unknown, as = api) =>
    as.put(`/v1/campaigns/${campaign.id}/costs`, { costs });

  test("tell what each source brought, itself and with everybody below, and what a member cost", async () => {
    const { campaign, people, tell } = await scene(api);
    expect(await figures(api, campaign, "costs")).toEqual({ costs: [], updatedAt: null });
    const costs = [
      { channel: "poster", medium: "hall", amount: 1000, currency: "CNY" },
      { channel: "radio", medium: null, amount: 500, currency: "EUR" },
      { channel: null, medium: null, amount: 3, currency: "CNY" },
    ];
    const said = await made(put(campaign, costs));
    expect(said.costs).toEqual(costs);
    expect(await figures(api, campaign, "costs")).toEqual(said);
    await tell(people.d, "leave");
    const { data, byRoot, truncated } = await figures(api, campaign, "sources");
    expect(truncated).toBe(false);
    type Row = {
      channel: string | null;
      costPerMember: (Rate & { currency: string }) | null;
      [count: string]: unknown;
    };
    const rows = data.map(({ channel, joins, validated, present, costPerMember, ...row }: Row) => {
      expect((row["retention"] as Rate[]).map(of)).toEqual([
        [0, 0, null],
        [0, 0, null],
        [0, 0, null],
      ]);
      return [
        channel,
        joins,
        validated,
        present,
        costPerMember && [...(of(costPerMember) ?? []), costPerMember.currency],
      ];
    });
    expect(rows).toEqual([
      [null, 3, 2, 2, [3, 2, 1.5, "CNY"]],
      ["poster", 1, 1, 1, [1000, 1, 1000, "CNY"]],
      ["stream", 1, 1, 1, null],
      ["radio", 0, 0, 0, [500, 0, null, "EUR"]],
    ]);
    const roots = byRoot.map(({ rootChannel, joins, validated, costPerMember }: Row) => [
      rootChannel,
      joins,
      validated,
      of(costPerMember),
    ]);
    expect(roots).toEqual([
      ["poster", 4, 3, [1000, 3, 1000 / 3]],
      ["stream", 1, 1, null],
    ]);
    const part = await figures(api, campaign, `sources?from=${hoursFromNow(-1)}`);
    expect(part.data.map(({ costPerMember }: Row) => costPerMember)).toEqual([null, null, null]);
  });

  test("what is said takes the place of what was; faults are told together and change nothing", async () => {
    const { campaign } = await scene(api);
    const one = { channel: "poster", amount: 1, currency: "CNY" };
    await made(put(campaign, [one, { ...one, medium: "hall" }]));
    const said = await made(put(campaign, [one]));
    expect(said.costs).toEqual([{ ...one, medium: null }]);
    const wrong = [
      { ...one, amount: 0.5 },
      { ...one, amount: -1, channel: "a" },
      { ...one, currency: "yuan", channel: "b" },
      { ...one, channel: "" },
      { ...one, channel: "c", note: "x" },
    ];
    const faults = [
      "/costs/0/amount",
      "/costs/1/amount",
      "/costs/2/currency",
      "/costs/3/channel",
      "/costs/4/note",
    ];
    expectProblem(await put(campaign, wrong), 400, "invalid_request", ...faults);
    expectProblem(await put(campaign, [one, { ...one, medium: null }]), 400, "invalid_request", "/costs");
    const many = Array.from({ length: 501 }, (_, i) => ({ ...one, channel: `c${i}` }));
    expectProblem(await put(campaign, many), 400, "invalid_request", "/costs");
    expectProblem(await put(campaign, undefined), 400, "invalid_request", "/costs");
    expect((await made(put(campaign, many.slice(1)))).costs).toHaveLength(500);
    expect((await figures(api, campaign, "sources")).truncated).toBe(true);
    expect((await made(put(campaign, []))).costs).toEqual([]);
  });

  test("are the workspace's own; only a key that may write says what they cost", async () => {
    const { campaign } = await scene(api);
    const one = { channel: "poster", amount: 1, currency: "CNY" };
    const stranger = await mintWorkspace();
    expectProblem(await put(campaign, [one], stranger), 404, "not_found");
    for (const path of ["funnel", "timeseries", "growth", "sources", "costs"])
      expectProblem(await stranger.get(`/v1/campaigns/${campaign.id}/${path}`), 404, "not_found");
    const { key } = await made(api.post("/v1/keys", { name: "reader", scopes: ["read"] }));
    expectProblem(await put(campaign, [one], apiWith(key)), 403, "forbidden");
    expect(await figures(apiWith(key), campaign, "costs")).toEqual({ costs: [], updatedAt: null });
  });
});
