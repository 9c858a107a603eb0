import type { Id } from "../domain/id.ts";
import { askById, cutPage, type Page } from "../domain/page.ts";
import { notFound } from "../domain/problem.ts";
import { nestTree, type TreeNode } from "../domain/tree.ts";
import { findCampaign } from "../store/campaigns.ts";
import * as store from "../store/participants.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { readFolded } from "./folding.ts";

export type Participant = store.Participant;

/** Nodes that one tree answer holds at the most. */
export const MAX_TREE_NODES = 1000;
const MAX_ANCESTORS = 1000;

export async function listParticipants(
  call: Call,
  campaignId: Id,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<store.Participant>> {
  demand(call, "read");
  const { ports } = call;
  const { db } = ports;
  const ask = askById("participant", query);
  const read = (now: number) => store.listParticipants(db, tenantOf(call), campaignId, ask, now);
  const { rows } = await readFolded(ports, () => campaignId, false, read);
  if (rows.length === 0) found(await findCampaign(db, tenantOf(call), campaignId), "campaign");
  return cutPage(rows, ask.limit, ask.position, (row) => row.id);
}

export async function getParticipant(call: Call, id: Id): Promise<store.Participant> {
  demand(call, "read");
  const { ports } = call;
  const read = async (now: number) =>
    found(await store.readParticipant(ports.db, tenantOf(call), id, now), "participant");
  return (await readFolded(ports, ({ row }) => row.campaignId, false, read)).row;
}

/** The subtree of a participant, `depth` levels below them. `truncated`: it has more nodes than fit. */
export async function readTree(
  call: Call,
  id: Id,
  depth: number,
): Promise<TreeNode<store.Participant> & { truncated: boolean }> {
  demand(call, "read");
  const rows = await store.readSubtree(call.ports.db, tenantOf(call), id, depth, MAX_TREE_NODES + 1);
  const tree = nestTree(rows.slice(0, MAX_TREE_NODES), id);
  if (tree === null) throw notFound("participant");
  return { ...tree, truncated: rows.length > MAX_TREE_NODES };
}

/** The inviters of a participant, the nearest first, up to the root. */
export async function readAncestors(call: Call, id: Id): Promise<store.Participant[]> {
  demand(call, "read");
  return found(await store.readAncestors(call.ports.db, tenantOf(call), id, MAX_ANCESTORS), "participant");
}
