import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, mintCampaign, mintWorkspace, ownerApi, request } from "../support/api.ts";
import { expectProblem, expectTame, made } from "./support/expect.ts";
import { HOSTILE_PARAMETERS, HOSTILE_VALUES, HUGE_VALUES, isOfType, withFields } from "./support/hostile.ts";
import {
  bodyOf,
  call,
  eachOf,
  mintWorld,
  type Operation,
  pathOf,
  readOperations,
  type World,
} from "./support/operations.ts";
import { shareOf } from "./support/share.ts";

let operations: Operation[];
let withBody: Operation[];
let world: World;
beforeAll(async () => {
  operations = await readOperations();
  withBody = operations.filter(({ fields }) => fields !== null);
  world = await mintWorld(await mintWorkspace());
});

const keyFor = ({ path }: Operation): string => (path === "/v1/workspaces" ? ownerApi().key : world.api.key);
const send = (operation: Operation, body: string) =>
  call(operation, pathOf(operation, world), keyFor(operation), body);
const fit = (operation: Operation): object => bodyOf(operation, world) as object;
const topFields = ({ fields }: Operation): string[] =>
  (fields ?? []).map(({ name }) => name).filter((name) => !name.includes("."));

/** What takes any text in all of its fields, or refuses it for what it means. */
const TAKES_ANY_TEXT = [
  "/v1/workspaces",
  "/v1/lists",
  "/v1/invites/{id}/displays",
  ...["void", "remove", "restore", "move", "disqualify", "reinstate", "checks/remove"].map(
    (verb) => `/v1/participants/{id}/${verb}`,
  ),
];

/** What takes a list that may be empty, and nothing else. */
const TAKES_NOTHING = ["/v1/campaigns/{id}/costs"];

/** The places of a refusal's faults. */
const faultsOf = ({ json }: Answer): string[] => json.errors.map(({ path }: { path: string }) => path);

describe("every field of every body", () => {
  test("takes a value of its type, however hostile, or names itself at fault", async () => {
    const all = withBody.flatMap((operation) =>
      (operation.fields ?? []).flatMap(({ name, types }) =>
        HOSTILE_VALUES.filter((value) => isOfType(value, types)).map((value) => ({ operation, name, value })),
      ),
    );
    // Every third of the many: each value still meets dozens of fields, and each field a dozen values.
    const calls = all.filter((_, i) => i % 3 === 0);
    expect(calls.length).toBeGreaterThan(500);
    await eachOf(calls, async ({ operation, name, value }) => {
      const answer = await send(operation, withFields(fit(operation), { [name]: value }));
      const what = `${operation.name} ${name} = ${value.slice(0, 60)}`;
      expectTame(answer, what);
      if (answer.json.code !== "invalid_request") return;
      // The fault stands at the field or within it; a window that has no end before its start, at its end.
      const root = `/${name.split(".")[0]}`;
      const faults = faultsOf(answer);
      expect(
        faults.some((path) => path.startsWith(root)) || root === "/startsAt",
        `${what}: ${faults.join()}`,
      ).toBe(true);
    });
  });

  test("together with all others, has every hostile value refused", async () => {
    const calls = withBody.flatMap((operation) => HOSTILE_VALUES.map((value) => ({ operation, value })));
    await eachOf(shareOf(calls), async ({ operation, value }) => {
      const values = Object.fromEntries(topFields(operation).map((name) => [name, value]));
      const answer = await send(operation, withFields({}, values));
      expectTame(answer, `${operation.name}: all = ${value.slice(0, 60)}`);
      const taken = value === "[]" && TAKES_NOTHING.includes(operation.path);
      if (taken) expect(answer.status, operation.name).toBe(200);
      else if (!TAKES_ANY_TEXT.includes(operation.path)) expect(answer.status, operation.name).toBe(400);
    });
  });

  test.each(["{}", "-0.5", '"\\u0000"'])(
    "as %s has the same fault alone and among all others",
    async (value) => {
      await eachOf(withBody, async (operation) => {
        const fields = topFields(operation);
        const together = await send(
          operation,
          withFields(fit(operation), Object.fromEntries(fields.map((name) => [name, value]))),
        );
        expectProblem(together, 400, "invalid_request");
        const told = faultsOf(together);
        for (const name of fields) {
          const alone = await send(operation, withFields(fit(operation), { [name]: value }));
          // What an id refers to is looked up once everything has its shape.
          const isReference = alone.json.errors?.some(({ code }: { code: string }) =>
            /^unknown_(?!field)/.test(code),
          );
          if (alone.json.code !== "invalid_request" || isReference) continue;
          expect(
            told.some((path) => path.startsWith(`/${name}`)),
            `${operation.name}: /${name} in ${told.join()}`,
          ).toBe(true);
        }
      });
    },
  );

  test("has a huge value refused in a moment, with an answer of bounded size", async () => {
    const calls = withBody.flatMap((operation) =>
      (operation.fields ?? []).flatMap(({ name, types }) =>
        HUGE_VALUES.filter((value) => isOfType(value, types)).map((value) => ({ operation, name, value })),
      ),
    );
    await eachOf(calls, async ({ operation, name, value }) => {
      const answer = await send(operation, withFields(fit(operation), { [name]: value }));
      const what = `${operation.name} ${name} = ${value.slice(0, 20)}`;
      expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBe(400);
      expectTame(answer, what);
      expect(answer.text.length, what).toBeLessThan(1024 * 1024);
    });
  });

  test("whatever JSON comes, it is taken or refused, and never breaks anything", async () => {
    const anyJson = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" });
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), anyJson, async (which, at, value) => {
        const operation = withBody[which % withBody.length] as Operation;
        const fields = operation.fields ?? [];
        const name = fields[at % fields.length]?.name as string;
        const body = withFields(fit(operation), { [name]: JSON.stringify(value) });
        expectTame(await send(operation, body), `${operation.name} ${body}`);
        expectTame(await send(operation, JSON.stringify(value)), operation.name);
      }),
      { numRuns: 50 },
    );
  });

  test("what was stored meanwhile can still be read by everybody", async () => {
    for (const list of ["communities", "campaigns", "lists", "keys"]) {
      for (let cursor: string | null = ""; cursor !== null;) {
        const page = await made(world.api.get(`/v1/${list}?limit=100${cursor && `&cursor=${cursor}`}`));
        cursor = page.next;
      }
    }
    const { ids } = world;
    for (const list of [
      "invites",
      "participants",
      "access-codes",
      "ledger",
      "leaderboard",
      "funnel",
      "sources",
      "costs",
    ]) {
      await made(world.api.get(`/v1/campaigns/${ids["campaigns"]}/${list}`));
    }
    for (const list of ["groups", "members"]) {
      await made(world.api.get(`/v1/communities/${ids["communities"]}/${list}`));
    }
  });
});

/** A board that nobody asked for before is built first: whoever asks is told to come again. */
async function built(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await ask();
    if (answer.json?.code !== "board_building") return answer;
    expect(answer.headers.get("Retry-After")).toMatch(/^\d+$/);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return ask();
}

describe("every query parameter", () => {
  test("takes a hostile value or names itself at fault", async () => {
    const all = operations.flatMap((operation) =>
      operation.query.flatMap((name) => HOSTILE_PARAMETERS.map((value) => ({ operation, name, value }))),
    );
    // Every third, as above: the number of values is none of three, so each meets a third of the parameters.
    expect(HOSTILE_PARAMETERS.length % 3).not.toBe(0);
    const calls = all.filter((_, i) => i % 3 === 0);
    expect(calls.length).toBeGreaterThan(500);
    await eachOf(calls, async ({ operation, name, value }) => {
      const path = `${pathOf(operation, world)}?${name}=${value}`;
      const answer = await built(() => call(operation, path, world.api.key));
      expectTame(answer, path);
      if (answer.status < 400 || name === "around" || answer.json.code === "not_available_here") return;
      expectProblem(answer, 400, "invalid_request", `?${name}`);
    });
  });

  test("given twice is not taken for one, and faults are told together", async () => {
    for (const operation of operations.filter(({ query }) => query.includes("limit"))) {
      const path = pathOf(operation, world);
      const ask = (query: string) => call(operation, `${path}?${query}`, world.api.key);
      expectProblem(await ask("limit=1&limit=2"), 400, "invalid_request", "?limit");
      const bad = `limit=0&nothing=1&__proto__=1&cursor=${"x".repeat(301)}`;
      expectProblem(await ask(bad), 400, "invalid_request", "?limit", "?nothing", "?__proto__", "?cursor");
    }
  });
});

describe("the public paths", () => {
  test("take any code, token, header and cookie without harm", async () => {
    const { invite } = await mintCampaign(world.api);
    const strange = HOSTILE_PARAMETERS.filter((value) => value !== "").map((value) => value.slice(0, 500));
    const paths = strange.flatMap((value) => [
      `/i/${value}`,
      `/i/${invite.code}/${value}`,
      `/i/${value}/qr.png`,
      `/i/${invite.code}?lang=${value}`,
      `/i/${invite.code}/qr.svg?level=${value}`,
      `/p/${value}`,
      `/screen/${value}`,
      `/v1/${value}`,
    ]);
    await eachOf(paths, async (path) => {
      for (const Accept of ["application/json", "text/html"]) {
        const answer = await request(path, { headers: { Accept } });
        if (Accept === "application/json") expectTame(answer, path);
        expect(answer.status, `${Accept} ${path}`).toBeLessThan(500);
      }
    });
    for (const [name, value] of [
      ["Accept-Language", ";;;,,,q=é".replace("é", "9")],
      ["Accept-Language", "zh".repeat(2000)],
      ["Accept", "application/json;;;"],
      ["Accept", "*".repeat(2000)],
      ["Cookie", "qrove_=;=;;%;qrove_%ff=%ff"],
      ["Cookie", `qrove_${invite.id.slice(4)}=${"x".repeat(3000)}`],
      ["Authorization", "Bearer \t"],
    ] as const) {
      const answer = await request(`/i/${invite.code}`, { headers: { [name]: value } });
      expect(answer.status, `${name}: ${value.slice(0, 40)}`).toBe(200);
    }
  });
});
