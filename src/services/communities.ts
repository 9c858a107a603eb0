import type { CommunityInput, CommunityPatch } from "../domain/community.ts";
import type { Id } from "../domain/id.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import * as store from "../store/communities.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";

export type Community = store.Community;

export function createCommunity(call: Call, input: CommunityInput): Promise<store.Community> {
  demand(call, "write", "workspace");
  const { db, newId, now } = call.ports;
  return store.insertCommunity(db, tenantOf(call), newId(), input, now());
}

export async function listCommunities(call: Call, query: PageQuery): Promise<Page<store.Community>> {
  demand(call, "read", "workspace");
  const ask = askById("community", query);
  const rows = await store.listCommunities(call.ports.db, tenantOf(call), ask);
  return cutById(rows, ask);
}

export async function getCommunity(call: Call, id: Id): Promise<store.Community> {
  demand(call, "read", "workspace");
  return found(await store.findCommunity(call.ports.db, tenantOf(call), id), "community");
}

export async function patchCommunity(call: Call, id: Id, patch: CommunityPatch): Promise<store.Community> {
  demand(call, "write", "workspace");
  const { db, now } = call.ports;
  return found(await store.updateCommunity(db, tenantOf(call), id, patch, now()), "community");
}
