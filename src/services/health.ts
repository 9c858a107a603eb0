import { seatsLeft, type Vitals, type Warning, warningsOf } from "../domain/health.ts";
import type { Id } from "../domain/id.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { findCampaign } from "../store/campaigns.ts";
import * as store from "../store/health.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";

export type Event = store.Event;
export type Health = Vitals & { seatsLeft: number; warnings: Warning[] };

/** How a campaign stands, and what will break soon. */
export async function readHealth(call: Call, id: Id): Promise<Health> {
  demand(call, "read");
  const now = call.ports.now();
  const vitals = found(await store.findVitals(call.ports.db, tenantOf(call), id), "campaign");
  return { ...vitals, seatsLeft: seatsLeft(vitals, now), warnings: warningsOf(vitals, now) };
}

/** A page of a campaign's events, newest first. */
export async function listEvents(call: Call, campaignId: Id, query: PageQuery): Promise<Page<Event>> {
  demand(call, "read");
  const { db } = call.ports;
  const ask = askById("event", query);
  const rows = await store.listEvents(db, tenantOf(call), campaignId, ask);
  if (rows.length === 0) found(await findCampaign(db, tenantOf(call), campaignId), "campaign");
  return cutById(rows, ask);
}
