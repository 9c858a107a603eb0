import type { OrderInput } from "../domain/order.ts";
import type { Problem } from "../domain/problem.ts";
import { keepOrders } from "../store/receipts.ts";
import { type Call, demand, tenantOf } from "./call.ts";
import { keepingProblem, newOrderOf } from "./orders.ts";
import { lookAgainSoon } from "./reapplying.ts";

/** Orders a batch: what is bound stays below what D1 takes in one value. */
const CHUNK = 500;

/** What became of one order of an import. */
export type Imported = { created: boolean; problem: Problem | null };

/** Keeps many orders, in their order. One that is refused keeps no other out; all of it may be sent again. */
export async function importOrders(call: Call, inputs: readonly OrderInput[]): Promise<Imported[]> {
  demand(call, "write", "workspace");
  const { ports, actor } = call;
  const done: Imported[] = [];
  for (let at = 0; at < inputs.length; at += CHUNK) {
    const part = inputs.slice(at, at + CHUNK);
    const rows = await Promise.all(part.map((input) => newOrderOf(ports, actor.workspaceId, input)));
    const kept = await keepOrders(ports.db, tenantOf(call), rows, ports.newId(), ports.now());
    for (const { keeping } of kept)
      done.push({ created: keeping === "created", problem: keepingProblem(keeping) });
  }
  if (done.some(({ created }) => created)) lookAgainSoon(ports);
  return done;
}
