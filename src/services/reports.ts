import type { Id } from "../domain/id.ts";
import type { Entry } from "../domain/ledger.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { findCampaign } from "../store/campaigns.ts";
import { listEntries } from "../store/ledger.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";

/** A page of a campaign's ledger, oldest first. */
export async function readLedger(call: Call, campaignId: Id, query: PageQuery): Promise<Page<Entry>> {
  demand(call, "read");
  const { db } = call.ports;
  const ask = askById("entry", query);
  const rows = await listEntries(db, tenantOf(call), campaignId, ask);
  if (rows.length === 0) found(await findCampaign(db, tenantOf(call), campaignId), "campaign");
  return cutById(rows, ask);
}
