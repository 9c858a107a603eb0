import { warningsOf } from "../domain/health.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { findRestless } from "../store/group-life.ts";
import { keepWarnings, listVitals } from "../store/health.ts";
import { lapseCampaign } from "../store/seats.ts";
import { promoteWaiting } from "./waitlist.ts";

/** Gives back seats whose reservation ran out, and seats the people who wait. For all tenants. */
export async function keepSeats(ports: Ports): Promise<void> {
  for (const { campaignId, allocation } of await findRestless(ports.db, ports.now())) {
    await lapseCampaign(ports.db, campaignId, ports.now(), ports.newId());
    await promoteWaiting(ports, campaignId, allocation);
  }
}

/** Puts what will break soon into the outbox, each trouble once. For all tenants. */
export async function keepWatch(ports: Ports): Promise<void> {
  for (let after: Id | null = null; ;) {
    const now = ports.now();
    const page: Awaited<ReturnType<typeof listVitals>> = await listVitals(ports.db, after, now);
    for (const vitals of page) {
      const warnings = warningsOf(vitals, now);
      if (warnings.length > 0) await keepWarnings(ports.db, vitals.campaignId, warnings, ports.newId(), now);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < 100) return;
    after = last.campaignId;
  }
}
