import { expect, test } from "vitest";
import type { Actor } from "../../src/domain/key.ts";
import { nodeTurn } from "../../src/runtime/turn-node.ts";
import type { Ports } from "../../src/runtime/ports.ts";
import { together } from "../../src/services/together.ts";

const someone = (keyId: string): Actor => ({
  keyId: keyId as Actor["keyId"],
  workspaceId: "wsp_0" as Actor["workspaceId"],
  scopes: ["read"],
  campaignId: null,
  owner: false,
});

/** Asks with a counter that moves on at every read. */
function world(turn: Ports["turn"] = nodeTurn()) {
  let reads = 0;
  const ask = (actor: Actor, question: object) =>
    together({ ports: { turn } as Ports, actor }, question, async () => ++reads);
  return { ask, reads: () => reads };
}

test("who asks the same in one turn gets one read, which begins when all have asked", async () => {
  const { ask, reads } = world();
  const [actor, question] = [someone("a"), {}];
  const answers = Array.from({ length: 5 }, () => ask(actor, question));
  await Promise.resolve();
  answers.push(ask(actor, question));
  expect(reads()).toBe(0);
  expect(await Promise.all(answers)).toEqual([1, 1, 1, 1, 1, 1]);
});

test("nobody gets a read that began before they asked", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const call = { ports: { turn: nodeTurn() } as Ports, actor: someone("a") };
  const question = {};
  let begun = 0;
  const read = () => (++begun === 1 ? promise : Promise.resolve(2));
  const first = together(call, question, read);
  await new Promise((next) => setImmediate(next));
  expect(begun).toBe(1);
  const second = together(call, question, read);
  expect(await second).toBe(2);
  resolve(1);
  expect(await first).toBe(1);
});

test("another key and another question are read by themselves, also in between", async () => {
  const { ask } = world();
  const [a, b, question] = [someone("a"), someone("b"), {}];
  const answers = await Promise.all([ask(a, question), ask(b, question), ask(a, {}), ask(b, question)]);
  expect(answers).toEqual([1, 2, 3, 2]);
});

test("a failure is told to all who asked, and to nobody after them", async () => {
  let fails = true;
  const call = { ports: { turn: nodeTurn() } as Ports, actor: someone("a") };
  const question = {};
  const read = async () => {
    if (fails) throw new Error("no");
    return "yes";
  };
  const both = await Promise.allSettled([together(call, question, read), together(call, question, read)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  fails = false;
  expect(await together(call, question, read)).toBe("yes");
});

test("where requests may not wait for one another, each reads at once", async () => {
  const { ask, reads } = world(null);
  const [actor, question] = [someone("a"), {}];
  const answers = [ask(actor, question), ask(actor, question)];
  expect(reads()).toBe(2);
  expect(await Promise.all(answers)).toEqual([1, 2]);
});
