import type { Id } from "../domain/id.ts";
import type { Entry } from "../domain/ledger.ts";
import { askById, cutPage, type Page } from "../domain/page.ts";
import { findCampaign } from "../store/campaigns.ts";
import { type FunnelCounts, readFunnel, readSources, type Source } from "../store/funnel.ts";
import { listEntries } from "../store/ledger.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";

/** How many people came how far in a campaign. */
export async function readCampaignFunnel(call: Call, id: Id): Promise<FunnelCounts> {
  demand(call, "read");
  return found(await readFunnel(call.ports.db, tenantOf(call), id), "campaign");
}

/** Sources in one answer: more than that many posters' names are no overview. */
const MAX_SOURCES = 500;

/** What each channel and medium brought, the most joins first. */
export async function readCampaignSources(
  call: Call,
  id: Id,
): Promise<{ data: Source[]; truncated: boolean }> {
  demand(call, "read");
  const rows = found(await readSources(call.ports.db, tenantOf(call), id, MAX_SOURCES + 1), "campaign");
  return { data: rows.slice(0, MAX_SOURCES), truncated: rows.length > MAX_SOURCES };
}

/** A page of a campaign's ledger, oldest first. */
export async function readLedger(
  call: Call,
  campaignId: Id,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<Entry>> {
  demand(call, "read");
  const { db } = call.ports;
  const ask = askById("entry", query);
  const rows = await listEntries(db, tenantOf(call), campaignId, ask);
  if (rows.length === 0) found(await findCampaign(db, tenantOf(call), campaignId), "campaign");
  return cutPage(rows, ask.limit, ask.position, (row) => row.id);
}
