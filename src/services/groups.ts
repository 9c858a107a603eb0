import { carrierErrors, type GroupInput, type GroupPatch, withCarrierDefaults } from "../domain/group.ts";
import type { Id } from "../domain/id.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import { findCommunity } from "../store/communities.ts";
import * as store from "../store/groups.ts";
import { type Call, demand, found, referring, tenantOf } from "./call.ts";
import { seatsAppeared } from "./group-life.ts";
import { groupQrOfBody } from "./images.ts";

export type Group = store.Group;

export async function createGroup(call: Call, communityId: Id, input: GroupInput): Promise<store.Group> {
  demand(call, "write", "workspace");
  const { db, newId, now } = call.ports;
  const at = now();
  const qr = await groupQrOfBody(input.carrier, input.qrImage);
  const settings = { ...withCarrierDefaults(input, at), ...qr };
  const made = store.insertGroup(db, tenantOf(call), communityId, newId(), settings, at);
  const group = await referring("community", made);
  await seatsAppeared(call, communityId);
  return group;
}

export async function listGroups(call: Call, communityId: Id, query: PageQuery): Promise<Page<store.Group>> {
  demand(call, "read", "workspace");
  const { db } = call.ports;
  const ask = askById("group", query);
  const rows = await store.listGroups(db, tenantOf(call), communityId, ask);
  // An empty page may be a stranger's community: that is a 404, not an empty list.
  if (rows.length === 0) found(await findCommunity(db, tenantOf(call), communityId), "community");
  return cutById(rows, ask);
}

export async function getGroup(call: Call, id: Id): Promise<store.Group> {
  demand(call, "read", "workspace");
  return found(await store.findGroup(call.ports.db, tenantOf(call), id), "group");
}

/** Changes a group. Its carrier decides what link, QR code and capacity are allowed. */
export async function patchGroup(
  call: Call,
  id: Id,
  { qrImage, ...patch }: GroupPatch,
): Promise<store.Group> {
  demand(call, "write", "workspace");
  const { db, now } = call.ports;
  const group = found(await store.findGroup(db, tenantOf(call), id), "group");
  const faults = carrierErrors({ carrier: group.carrier, ...patch });
  if (faults.length > 0) {
    const errors = faults.map(({ path, message }) => ({ path: `/${path}`, code: "custom", message }));
    throw new Problem("invalid_request", "The request has fields that are wrong.", errors);
  }
  const qr = await groupQrOfBody(group.carrier, qrImage);
  const changed = await store.updateGroup(db, tenantOf(call), id, { ...patch, ...qr }, now());
  if (changed === undefined) {
    const { state } = found(await store.findGroup(db, tenantOf(call), id), "group");
    if (patch.state !== undefined && state === "merged") {
      throw new Problem("merge_refused", "The group was merged: its people are in the other one.");
    }
    throw new Problem("capacity_below_use", "More seats of the group are taken than that capacity has.", [
      { path: "/capacity", code: "capacity_below_use", message: "is below the seats that are taken" },
    ]);
  }
  const more = changed.capacity > group.capacity || changed.state !== group.state;
  if (more || changed.retiresAt !== group.retiresAt) await seatsAppeared(call, group.communityId);
  return changed;
}
