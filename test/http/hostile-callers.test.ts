import { beforeAll, describe, expect, test } from "vitest";
import { mintWorkspace, request } from "../support/api.ts";
import { expectProblem, expectTame, made } from "./support/expect.ts";
import {
  call,
  eachOf,
  idOf,
  mintWorld,
  type Operation,
  pathOf,
  payloadOf,
  readOperations,
  type World,
} from "./support/operations.ts";
import { shareOf } from "./support/share.ts";
import { timeless } from "./support/timeless.ts";

let operations: Operation[];
let world: World;
let stranger: World;
beforeAll(async () => {
  operations = await readOperations();
  world = await mintWorld(await mintWorkspace());
  stranger = await mintWorld(await mintWorkspace());
});

/** What fits an operation in the first workspace. */
const textOf = (operation: Operation) => payloadOf(operation, world);

/** What a host may answer that has no part for it. */
const CANNOT = "not_available_here";

describe("every operation of the document", () => {
  test("is one that this suite knows, and there are many", () => {
    expect(operations.length).toBeGreaterThanOrEqual(58);
    for (const operation of operations) {
      expect(pathOf(operation, world)).not.toContain("{");
      payloadOf(operation, world);
    }
  });

  test("wants a key, and a whole one", async () => {
    const good = world.api.key;
    const wrong = [
      null,
      "x",
      "qrv_",
      `qrv_${"0".repeat(36)}`,
      `${good.slice(0, -1)}${good.endsWith("0") ? "1" : "0"}`,
      good.toUpperCase(),
      `${good}0`,
      `${good} ${good}`,
      "x".repeat(5000),
      "' OR 1=1 --",
      "\u00e9\u00ff",
    ];
    const calls = operations.flatMap((operation) => wrong.map((key) => [operation, key] as const));
    await eachOf(shareOf(calls), async ([operation, key]) => {
      const answer = await call(operation, pathOf(operation, world), key, textOf(operation));
      expectProblem(answer, 401, "unauthorized");
      expect(answer.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    });
    const as = (Authorization: string) => request("/v1/communities", { headers: { Authorization } });
    for (const scheme of [`Basic ${btoa(`x:${good}`)}`, good, `Token ${good}`, "Bearer", "Bearer  "]) {
      expectProblem(await as(scheme), 401, "unauthorized");
    }
    expect((await as(`bearer  ${good}`)).status).toBe(200);
  });

  test("is refused to a key that may only read, unless it only reads", async () => {
    const { key } = await made(world.api.post("/v1/keys", { name: "reader", scopes: ["read"] }));
    const { key: writer } = await made(world.api.post("/v1/keys", { name: "writer", scopes: ["write"] }));
    for (const operation of operations) {
      const as = (one: string) => call(operation, pathOf(operation, world), one, textOf(operation));
      if (operation.scope === "read") {
        const { status, json } = await as(key);
        if (json?.code !== CANNOT) expect(status, operation.name).toBe(200);
      } else expectProblem(await as(key), 403, "forbidden");
      if (operation.scope === "admin") expectProblem(await as(writer), 403, "forbidden");
    }
    const reading = operations.filter(({ scope }) => scope === "read");
    expect(reading.every(({ method }) => method === "GET")).toBe(true);
    expect(operations.filter(({ method, scope }) => method !== "GET" && scope === "read")).toEqual([]);
  });

  test("finds nothing of another workspace, and changes nothing there", async () => {
    // A rotating invite's URL of the moment changes by itself.
    const still = (value: unknown) =>
      JSON.parse(JSON.stringify(value, (key, one) => (key === "currentUrl" ? null : one)));
    const before = still(await snapshot());
    const withId = operations.filter(({ path }) => path.includes("{id}"));
    expect(withId.length).toBeGreaterThan(45);
    for (const operation of withId) {
      const answer = await call(operation, pathOf(operation, world), stranger.api.key, textOf(operation));
      const joins = operation.path.endsWith("/joins");
      expectProblem(answer, 404, joins ? "invite_not_found" : "not_found");
      const other = await call(operation, pathOf(operation, stranger), stranger.api.key);
      expect(other.status, `${operation.name}: its own`).not.toBe(404);
    }
    expect(still(await snapshot())).toEqual(before);
  });

  test("finds nothing under an id that is malformed, of another noun, or of nothing", async () => {
    const { ids } = world;
    const wrong = [
      "x",
      "%00",
      "..%2F..",
      "%2e%2e",
      "1",
      "-1",
      "%F0%9F%98%80",
      "' OR 1=1 --",
      "a".repeat(2000),
      "null",
    ];
    const withId = operations.filter(({ path }) => path.includes("{id}"));
    const calls = withId.flatMap((operation) => {
      const own = idOf(operation, world);
      const prefix = own.slice(0, 4);
      const others = Object.values(ids).filter((id) => !id.startsWith(prefix));
      const near = [
        own.toUpperCase(),
        `${own}0`,
        own.slice(0, -1),
        `${prefix}zzzzzzzzzzz`,
        `${prefix}00000000000`,
      ];
      // In mid-path, two dots name another path, which need not be free.
      const tried = wrong.filter((id) => id !== "%2e%2e" || operation.path.endsWith("{id}"));
      return [...tried, ...near, others[0] as string].map((id) => [operation, id] as const);
    });
    await eachOf(calls, async ([operation, id]) => {
      const answer = await call(
        operation,
        pathOf(operation, world, encodeURI(id).replace(/%25/g, "%")),
        world.api.key,
        textOf(operation),
      );
      expectTame(answer, `${operation.name} ${id}`);
      expect(answer.status, `${operation.name} ${id}: ${answer.text}`).toBe(404);
    });
  });
});

/** Everything of the first workspace that a stranger could have changed. */
async function snapshot(): Promise<unknown[]> {
  const { ids } = world;
  const campaign = `/v1/campaigns/${ids["campaigns"]}`;
  const paths = [
    ...["communities", "groups", "campaigns", "invites", "participants", "members", "lists", "keys"].map(
      (noun) => `/v1/${noun}/${ids[noun]}`,
    ),
    ...[
      "invites",
      "participants",
      "access-codes",
      "ledger",
      "leaderboard",
      "funnel",
      "growth",
      "sources",
      "costs",
    ].map((list) => `${campaign}/${list}`),
    `/v1/communities/${ids["communities"]}/groups`,
    `/v1/communities/${ids["communities"]}/members`,
    `/v1/invites/${ids["get /v1/invites/{id}/displays"]}/displays`,
    "/v1/communities",
    "/v1/campaigns",
    "/v1/lists",
    "/v1/keys",
  ];
  return Promise.all(
    paths.map(async (path) => {
      return timeless(await made(world.api.get(path)));
    }),
  );
}
