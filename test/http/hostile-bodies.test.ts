import { beforeAll, describe, expect, test } from "vitest";
import {
  type Answer,
  joinAtGate,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  ownerApi,
  request,
} from "../support/api.ts";
import { requestAlone } from "./support/alone.ts";
import { expectProblem, expectTame, made } from "./support/expect.ts";
import {
  bodyOf,
  call,
  eachOf,
  freshPathOf,
  limitOf,
  mintWorld,
  type Operation,
  pathOf,
  readOperations,
  type World,
} from "./support/operations.ts";

const LIMIT = 64 * 1024;

let withBody: Operation[];
let world: World;
beforeAll(async () => {
  withBody = (await readOperations()).filter(({ fields }) => fields !== null);
  world = await mintWorld(await mintWorkspace());
});

/** Workspaces are the installation's owner's to make. */
const keyFor = ({ path }: Operation): string => (path === "/v1/workspaces" ? ownerApi().key : world.api.key);
const send = (operation: Operation, body: string | undefined, headers: Record<string, string> = {}) =>
  call(operation, pathOf(operation, world), keyFor(operation), body, headers);
/** Sends what must succeed. */
const sendFit = async (operation: Operation, body: string, headers: Record<string, string> = {}) =>
  call(operation, await freshPathOf(operation, world), keyFor(operation), body, headers);
const fit = (operation: Operation): object => bodyOf(operation, world) as object;

/** A server that has said no reads on for half a second only: a sender who is slower is cut off, and asks again. */
const patiently = (ask: () => Promise<Answer>): Promise<Answer> => ask().catch(ask).catch(ask);

describe("every operation that takes a body", () => {
  test("refuses what is no JSON, whole or in part", async () => {
    expect(withBody.length).toBeGreaterThanOrEqual(15);
    const broken = [
      "",
      " ",
      "{",
      '{"name":',
      "{'name':'x'}",
      "undefined",
      "NaN",
      "{}{}",
      "\u0000",
      '{"a":"\u0001"}',
      "[1,]",
    ];
    const calls = withBody.flatMap((operation) => broken.map((body) => [operation, body] as const));
    await eachOf(calls, async ([operation, body]) => {
      expectProblem(await send(operation, body), 400, "invalid_json");
    });
  });

  test("refuses JSON that is no object", async () => {
    const calls = withBody.flatMap((operation) =>
      ["null", "[]", "[{}]", '"x"', "1", "true"].map((body) => [operation, body] as const),
    );
    await eachOf(calls, async ([operation, body]) => {
      expectProblem(await send(operation, body), 400, "invalid_request", "");
    });
  });

  test("refuses another content type, or none, even where the text is right", async () => {
    const types = [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/xml",
      "x",
    ];
    const calls = withBody.flatMap((operation) => types.map((type) => [operation, type] as const));
    await eachOf(calls, async ([operation, type]) => {
      const answer = await send(operation, JSON.stringify(fit(operation)), { "Content-Type": type });
      expectProblem(answer, 415, "unsupported_media_type");
    });
    for (const operation of withBody.filter(({ optional }) => !optional)) {
      const body = new Blob([JSON.stringify(fit(operation))]);
      const headers = { Authorization: `Bearer ${keyFor(operation)}` };
      const answer = await request(pathOf(operation, world), { method: operation.method, headers, body });
      expectProblem(answer, 415, "unsupported_media_type");
    }
  });

  test("takes JSON however its type is spelt", async () => {
    for (const type of [
      "application/json; charset=utf-8",
      "application/json;charset=UTF-8",
      "Application/JSON",
    ]) {
      for (const operation of withBody) {
        const answer = await sendFit(operation, JSON.stringify(fit(operation)), { "Content-Type": type });
        expect(answer.status, `${operation.name} ${type}: ${answer.text}`).toBeLessThan(300);
      }
    }
  });

  test("names every unknown field, also those that JavaScript would take for its own", async () => {
    const names = [
      "colour",
      "id",
      "workspaceId",
      "constructor",
      "toString",
      "hasOwnProperty",
      "__proto__",
      "",
      "a/b~c",
      "名",
    ];
    for (const operation of withBody) {
      const extra = names.map((name) => `${JSON.stringify(name)}:{"admin":true}`).join();
      const answer = await send(operation, `{${JSON.stringify(fit(operation)).slice(1, -1)},${extra}}`);
      const paths = names.map((name) => `/${name.replace(/~/g, "~0").replace(/\//g, "~1")}`);
      expectProblem(answer, 400, "invalid_request", ...paths);
      for (const error of answer.json.errors) expect(error.code, answer.text).toBe("unknown_field");
    }
  });

  test("refuses more than it may have, whether the size is told before or not", async () => {
    for (const operation of withBody) {
      const long = `${JSON.stringify(fit(operation)).slice(0, -1)}${" ".repeat(limitOf(operation))}}`;
      const { method } = operation;
      const headers = { Authorization: `Bearer ${keyFor(operation)}`, "Content-Type": "application/json" };
      for (const told of [{}, { "Transfer-Encoding": "chunked" }] as Record<string, string>[]) {
        const answer = await patiently(() =>
          requestAlone(pathOf(operation, world), { method, headers: { ...headers, ...told }, body: long }),
        );
        expectProblem(answer, 413, "body_too_large");
      }
    }
  });

  test("takes what it may have to the byte", async () => {
    for (const operation of withBody) {
      const body = JSON.stringify(fit(operation));
      const answer = await sendFit(
        operation,
        `${body.slice(0, -1)}${" ".repeat(limitOf(operation) - body.length)}}`,
      );
      expect(answer.status, `${operation.name}: ${answer.text}`).toBeLessThan(300);
    }
  });

  test("is not brought down by nesting", async () => {
    const deep = (depth: number) => `${'{"all":['.repeat(depth)}{"kind":"accessCode"}${"]}".repeat(depth)}`;
    const bodies = [
      "[".repeat(30_000) + "]".repeat(30_000),
      deep(3000),
      `{"gate":${deep(3000)}}`,
      `{"gate":${deep(6)}}`,
    ];
    for (const operation of withBody) {
      for (const body of bodies) expectTame(await send(operation, body), operation.name);
      const field = operation.fields?.[0]?.name;
      expectTame(await send(operation, `{"${field}":${deep(3000)}}`), operation.name);
    }
  });
});

describe("the public gate", () => {
  test("refuses the same: broken, wrong type, too large, unknown, and no object", async () => {
    const { invite } = await mintCampaign(world.api);
    const post = (body: string, type = "application/json") =>
      request(`/i/${invite.code}`, {
        method: "POST",
        headers: { "Content-Type": type, Accept: "application/json" },
        body,
      });
    expectProblem(await post("{"), 400, "invalid_json");
    expectProblem(await post("[]"), 400, "invalid_request", "");
    expectProblem(await post("null"), 400, "invalid_request", "");
    expectProblem(await post("{}", "text/plain"), 415, "unsupported_media_type");
    expectProblem(await post(`{"a":"${"x".repeat(LIMIT)}"}`), 413, "body_too_large");
    const odd =
      '{"identity":{"type":"fax","value":"","x":1},"acknowledged":"yes","invite":"x","__proto__":{"a":1}}';
    const fields = [
      "/identity/type",
      "/identity/value",
      "/identity/x",
      "/acknowledged",
      "/invite",
      "/__proto__",
    ];
    expectProblem(await post(odd), 400, "invalid_request", ...fields);
    const joined = await made(
      joinAtGate(invite.code, { identity: newIdentity(), answers: { "": "", constructor: "x" } }),
    );
    expect(joined.outcome).toBe("joined");
  });

  test("does not take what an object inherits for an answer", async () => {
    const gate = {
      all: ["constructor", "toString", "valueOf", "hasOwnProperty"].map((field) => ({
        kind: "answer",
        field,
        label: field,
        op: "answered",
      })),
    };
    const { invite } = await mintCampaign(world.api, { campaign: { gate } });
    const refused = await made(joinAtGate(invite.code, { identity: newIdentity() }));
    expect(refused.outcome).toBe("rejected");
    expect(refused.reasons.filter(({ result }: { result: string }) => result === "fail")).toHaveLength(4);
    const answers = { constructor: "a", toString: "b", valueOf: "c", hasOwnProperty: "d" };
    expect((await made(joinAtGate(invite.code, { identity: newIdentity(), answers }))).outcome).toBe(
      "joined",
    );
  });
});
