import { errorName } from "../domain/errors.ts";
import { warningsOf } from "../domain/health.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { findRestless } from "../store/group-life.ts";
import { keepWarnings, listVitals } from "../store/health.ts";
import { sweepRetired } from "../store/fold/build.ts";
import { findLagging, findUnbuilt } from "../store/fold/lagging.ts";
import { buildBoard } from "./board-building.ts";
import { foldInTurn } from "./following.ts";
import { promoteWaiting } from "./waitlist.ts";

/**
 * Gives back seats whose reservation ran out, and seats the people who wait. For all tenants, a page
 * after the other; a campaign that fails is logged and does not hold up those behind it.
 */
export async function keepSeats(ports: Ports): Promise<void> {
  for (let after: Id | null = null; ;) {
    const page: Awaited<ReturnType<typeof findRestless>> = await findRestless(ports.db, after, ports.now());
    for (const { campaignId, allocation } of page) {
      try {
        await promoteWaiting(ports, campaignId, allocation);
      } catch (error) {
        ports.log.error("job", { job: "seats", campaignId, name: errorName(error) });
      }
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.campaignId;
  }
}

/**
 * Puts what will break soon into the outbox, each trouble once. For all tenants. Warnings follow from
 * the clock as much as from writes, so this job alone tells them: a minute late at the most, and a
 * join does not pay for it.
 */
export async function keepWatch(ports: Ports): Promise<void> {
  for (let after: Id | null = null; ;) {
    const now = ports.now();
    const page: Awaited<ReturnType<typeof listVitals>> = await listVitals(ports.db, after, now);
    const troubled = page.map((vitals) => ({
      campaignId: vitals.campaignId,
      warnings: warningsOf(vitals, now),
    }));
    if (troubled.some(({ warnings }) => warnings.length > 0)) {
      await keepWarnings(ports.db, troubled, ports.newId(), now);
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.campaignId;
  }
}

/** How long one run builds a board, in milliseconds: the next run goes on. */
const BUILD_MS = 5000;

/** Rows of a retired board that go in one batch. */
const SWEEP = 5000;

/**
 * Folds what is pending, goes on with boards that are being built, and clears away those that are kept no
 * more. For all tenants. Where requests fold by themselves this finds next to nothing.
 */
export async function keepBoards(ports: Ports): Promise<void> {
  const { db } = ports;
  const failed = (campaignId: Id) => (error: unknown) => {
    ports.log.error("job", { job: "boards", campaignId, name: errorName(error) });
  };
  for (let after: Id | null = null; ;) {
    const page: Id[] = await findLagging(db, after, ports.now());
    for (const campaignId of page) await foldInTurn(ports, campaignId).catch(failed(campaignId));
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
  }
  for (const { campaignId, id, ...name } of await findUnbuilt(db)) {
    const until = ports.now() + BUILD_MS;
    await buildBoard(ports, campaignId, id, name, until).catch(failed(campaignId));
  }
  await sweepRetired(db, SWEEP);
}
