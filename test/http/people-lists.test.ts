import { beforeAll, describe, expect, test } from "vitest";
import { type Api, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

let counter = 0;
const mint = async () => (await made(api.post("/v1/lists", { name: `list ${counter++}` }))).id as string;
const change = (id: string, body: object) => made(api.post(`/v1/lists/${id}/entries`, body));
const entriesOf = async (id: string) => (await made(api.get(`/v1/lists/${id}`))).entries;
const people = (n: number) => Array.from({ length: n }, newIdentity);

describe("lists of people", () => {
  test("are made once a name, and asking again answers the same one", async () => {
    const first = await api.post("/v1/lists", { name: "Alumni" });
    expect(first.status).toBe(201);
    expect(first.json).toEqual({
      id: expect.stringMatching(/^ppl_/),
      name: "Alumni",
      createdAt: expect.any(String),
    });
    const again = await api.post("/v1/lists", { name: " Alumni " });
    expect([again.status, again.json]).toEqual([200, first.json]);
    const race = await Promise.all(Array.from({ length: 6 }, () => api.post("/v1/lists", { name: "Race" })));
    expect(new Set(race.map(({ json }) => json.id)).size).toBe(1);
    expect(race.filter(({ status }) => status === 201)).toHaveLength(1);
    const { data } = await made(api.get("/v1/lists"));
    expect(data.map(({ name }: { name: string }) => name)).toEqual(["Race", "Alumni"]);
    expectProblem(await api.post("/v1/lists", { name: "" }), 400, "invalid_request", "/name");
  });

  test("count who comes and goes, whatever form an identity has and however often it is told", async () => {
    const id = await mint();
    const phone = { type: "phone", value: "+86 138 0013 8000" };
    const same = { type: "phone", value: "13800138000" };
    const [one, two, three] = people(3);
    expect(await change(id, { add: [phone, same, one] })).toEqual({ added: 2, removed: 0, entries: 2 });
    expect(await change(id, { add: [one, two, three] })).toEqual({ added: 2, removed: 0, entries: 4 });
    expect(await change(id, { add: [one], remove: [same, one] })).toEqual({
      added: 0,
      removed: 2,
      entries: 2,
    });
    expect(await change(id, { remove: [one, two] })).toEqual({ added: 0, removed: 1, entries: 1 });
    expect(await entriesOf(id)).toBe(1);
  });

  test("take 5,000 people at once, and no more", async () => {
    const id = await mint();
    const all = people(5000);
    expect(await change(id, { add: all })).toEqual({ added: 5000, removed: 0, entries: 5000 });
    expect(await change(id, { remove: all.slice(0, 4000) })).toEqual({
      added: 0,
      removed: 4000,
      entries: 1000,
    });
    const [one] = all;
    const path = `/v1/lists/${id}/entries`;
    expectProblem(await api.post(path, { add: [...all, one] }), 400, "invalid_request", "/add");
    expectProblem(await api.post(path, { add: all, remove: [one] }), 400, "invalid_request", "/add");
    expectProblem(await api.post(path, {}), 400, "invalid_request", "/add");
    const bad = { add: [one, { type: "email", value: "x" }], remove: [{ type: "fax", value: "1" }] };
    expectProblem(await api.post(path, bad), 400, "invalid_request", "/add/1/value", "/remove/0/type");
    expect(await entriesOf(id)).toBe(1000);
  });

  test("are one workspace's: another's are not there, and the same person has no mark in common", async () => {
    const id = await mint();
    const [one] = people(1);
    await change(id, { add: [one] });
    const other = await mintWorkspace();
    expectProblem(await other.get(`/v1/lists/${id}`), 404, "not_found");
    expectProblem(await other.post(`/v1/lists/${id}/entries`, { remove: [one] }), 404, "not_found");
    expect(await entriesOf(id)).toBe(1);
    const theirs = await made(other.post("/v1/lists", { name: "list 0" }));
    expect(theirs.id).not.toBe(id);
  });
});
