import { withCarrierDefaults } from "../domain/group.ts";
import { expandBulk, type GroupBulk } from "../domain/group-bulk.ts";
import { type Id, parseId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import * as store from "../store/group-life.ts";
import type { Group } from "../store/groups.ts";
import type { Tenant } from "../store/tenant.ts";
import { type Call, demand, fieldProblem, found, referring, tenantOf } from "./call.ts";
import { promoteWaiting } from "./waitlist.ts";

/** Gives seats that have just appeared in a community to the people who wait for one. */
export const seatsAppeared = (call: Call, communityId: Id): Promise<void> =>
  fillSeats(call.ports, tenantOf(call), communityId);

/** The same, for jobs. */
export async function fillSeats(ports: Ports, tenant: Tenant, communityId: Id): Promise<void> {
  for (const { campaignId, allocation } of await store.findWaitingOf(ports.db, tenant, communityId)) {
    await promoteWaiting(ports, campaignId, allocation);
  }
}

/** Makes numbered groups. Asking again makes only what is missing. */
export async function createGroups(
  call: Call,
  communityId: Id,
  bulk: GroupBulk,
): Promise<{ data: Group[]; created: number }> {
  demand(call, "write", "workspace");
  const { db, newId, now } = call.ports;
  const at = now();
  const rows = expandBulk(bulk).map((group) => withCarrierDefaults(group, at));
  const made = store.insertGroups(db, tenantOf(call), communityId, newId(), rows, at);
  const { groups, created } = await referring("community", made);
  if (groups.length === 0) throw new Problem("not_found", "No such community.");
  if (created > 0) await seatsAppeared(call, communityId);
  return { data: groups, created };
}

/** Merges a group into another of its community. Its people keep their seats, there. */
export async function mergeGroup(call: Call, id: Id, into: string): Promise<Group> {
  demand(call, "write", "workspace");
  const { db, newId, now } = call.ports;
  if (parseId("group", into) === null)
    throw fieldProblem("/into", "unknown_group", "is not a group of this community");
  const { merged, group, target } = await store.mergeGroup(db, tenantOf(call), id, into, newId(), now());
  const source = found(group, "group");
  if (merged) {
    // Campaigns that named the group may have got seats in the other one.
    await seatsAppeared(call, source.communityId);
    return source;
  }
  if (target === undefined || target.communityId !== source.communityId) {
    throw fieldProblem("/into", "unknown_group", "is not a group of this community");
  }
  if (source.state === "merged") throw new Problem("merge_refused", "The group was merged already.");
  if (target.id === source.id) throw new Problem("merge_refused", "That would merge the group into itself.");
  if (target.state === "closed") throw new Problem("merge_refused", "The other group is closed.");
  if (target.retiresAt !== null && target.retiresAt <= now()) {
    throw new Problem("merge_refused", "The other group takes nobody any more: renew its code first.");
  }
  throw new Problem("capacity_below_use", "The other group has not enough free seats for everybody.");
}
