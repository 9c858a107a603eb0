import type { Id } from "../domain/id.ts";
import type { Identity } from "../domain/identity.ts";
import type { EntriesInput } from "../domain/list.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import * as store from "../store/lists.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { hashIdentity } from "./identities.ts";
import { lookAgainSoon } from "./reapplying.ts";

export type List = store.List;
export type CountedList = store.CountedList;
export type Changed = store.Changed;

/** Makes a list of people; asked again with the same name, it answers the list that is there. */
export function createList(call: Call, name: string): Promise<{ list: List; created: boolean }> {
  demand(call, "write", "workspace");
  const { db, newId, now } = call.ports;
  return store.insertList(db, tenantOf(call), newId(), name, now());
}

export async function listLists(call: Call, query: PageQuery): Promise<Page<List>> {
  demand(call, "read", "workspace");
  const ask = askById("list", query);
  const rows = await store.pageOfLists(call.ports.db, tenantOf(call), ask);
  return cutById(rows, ask);
}

export async function getList(call: Call, id: Id): Promise<CountedList> {
  demand(call, "read", "workspace");
  return found(await store.findList(call.ports.db, tenantOf(call), id), "list");
}

/** Puts people on a list and takes others off. Only keyed hashes are kept: a list cannot be read back. */
export async function changeEntries(call: Call, id: Id, input: EntriesInput): Promise<Changed> {
  demand(call, "write", "workspace");
  const { ports, actor } = call;
  const hashesOf = async (people: readonly Identity[]) => [
    ...new Set(await Promise.all(people.map((one) => hashIdentity(ports, actor.workspaceId, one)))),
  ];
  const remove = await hashesOf(input.remove);
  const off = new Set(remove);
  const add = (await hashesOf(input.add)).filter((hash) => !off.has(hash));
  const hashes = { add, remove };
  const changed = found(await store.changeEntries(ports.db, tenantOf(call), id, hashes, ports.now()), "list");
  if (changed.added + changed.removed > 0) lookAgainSoon(ports);
  return changed;
}
