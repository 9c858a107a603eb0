import type { Id } from "../domain/id.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { findCampaign } from "../store/campaigns.ts";
import * as store from "../store/participants.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { readFolded } from "./freshness.ts";

export type Participant = store.Participant;

export async function listParticipants(
  call: Call,
  campaignId: Id,
  query: PageQuery,
): Promise<Page<store.Participant>> {
  demand(call, "read");
  const { ports } = call;
  const { db } = ports;
  const ask = askById("participant", query);
  const read = (now: number) => store.listParticipants(db, tenantOf(call), campaignId, ask, now);
  const { rows } = await readFolded(ports, () => campaignId, false, read);
  if (rows.length === 0) found(await findCampaign(db, tenantOf(call), campaignId), "campaign");
  return cutById(rows, ask);
}

export async function getParticipant(call: Call, id: Id): Promise<store.Participant> {
  demand(call, "read");
  const { ports } = call;
  const read = async (now: number) =>
    found(await store.readParticipant(ports.db, tenantOf(call), id, now), "participant");
  return (await readFolded(ports, ({ row }) => row.campaignId, false, read)).row;
}
