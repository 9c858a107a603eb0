import { errorName } from "../domain/errors.ts";
import { carrierOf } from "../domain/carriers/index.ts";
import { closedBecause } from "../domain/campaign.ts";
import { isOut } from "../domain/credit.ts";
import type { Facts, StoredFacts } from "../domain/criteria/facts.ts";
import { DEFAULT_RECHECK, nextStep, type Seen, sparedBy, type UnmetLeaf } from "../domain/elimination.ts";
import { judgeAgain, type Rejudged } from "../domain/recheck.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { type Due, findDueChecks } from "../store/checks/due.ts";
import { type Decided, type Doing, letBack, takeOut, takeSteps } from "../store/checks/steps.ts";
import { findFactsOfMany } from "../store/facts.ts";
import { foldSoon } from "./following.ts";
import { factsAskOf } from "./gate-facts.ts";
import { fillSeats } from "./group-life.ts";
import { seatingOf } from "./seating.ts";

/** Members that are judged at a time. */
const PAGE = 50;

/** How long one run judges, in milliseconds: the next run goes on. */
const RUN_MS = 20_000;

const HOUR = 3_600_000;

/** Judges again whoever is due: by the clock, or because something that touches them happened. For all tenants. */
export async function keepChecks(ports: Ports): Promise<void> {
  const end = ports.now() + RUN_MS;
  for (let before = ""; ports.now() <= end;) {
    const due = await findDueChecks(ports.db, ports.now(), PAGE);
    // Nothing that is due changed: others are at it, and are done first.
    const page = due.map(({ participantId, state, dueAt }) => `${participantId} ${state} ${dueAt}`).join();
    if (page === before) return;
    before = page;
    await recheck(ports, due);
  }
}

/** Looks at whoever is due soon after a write that touched somebody's gate. The job comes by in any case. */
export const recheckSoon = (ports: Ports): void => ports.later("recheck", 50, () => keepChecks(ports));

/** Load, decide, commit for one page of members. */
async function recheck(ports: Ports, due: readonly Due[]): Promise<void> {
  const now = ports.now();
  const stored = await factsOf(ports, due, now);
  const decided = due.map((one, i) => decide(ports, one, stored[i] as StoredFacts, now));
  const moves = decided.filter(({ step }) => step.deed === "removed" || step.deed === "restored");
  const quiet = decided.filter((one) => !moves.includes(one));
  if (quiet.length > 0) await takeSteps(ports.db, quiet, doing(ports, now));
  for (const one of moves) {
    try {
      await move(ports, one, doing(ports, now));
    } catch (error) {
      if (error instanceof Problem && error.code === "busy") throw error;
      failed(ports, one.due, error);
      await takeSteps(ports.db, [putOff(one.due, now + HOUR)], doing(ports, now));
    }
  }
}

/** One who cannot be judged, or moved, holds nobody else up. */
function failed({ log }: Ports, { participantId }: Due, error: unknown): void {
  log.error("job", { job: "recheck", participant: participantId, name: errorName(error) });
}

/** Nothing changes but the time of the next judgement. */
const putOff = (due: Due, dueAt: number | null): Decided => ({
  due,
  step: { state: due.state, since: due.since, graceUntil: due.graceUntil, dueAt, deed: null },
  leaves: null,
  cause: null,
  data: {},
});

const doing = (ports: Ports, at: number): Doing => ({ actor: "recheck", at, id: ports.newId() });

/** What the database knows of each, where their gate asks for it: one round trip for all. */
const factsOf = (ports: Ports, due: readonly Due[], now: number): Promise<StoredFacts[]> =>
  findFactsOfMany(
    ports.db,
    due.map(({ gate, campaign: { timezone }, ...who }) =>
      factsAskOf(gate, { ...who, timezone, codeHash: null, order: null, now }),
    ),
  );

/** What a gate may look at of somebody who is in: what the database knows, and nothing that they once sent. */
const knownOf = (due: Due, stored: StoredFacts, now: number): Facts => ({
  ...stored,
  now,
  acknowledged: true,
  answers: {},
  accessCode: null,
  identityHash: due.identityHash,
  identityType: due.identityType,
  emailDomain: null,
  vouched: false,
  country: null,
  invitedBy: due.invitedBy,
  scannedAt: null,
  human: null,
  campaignId: due.campaignId,
  applicationId: due.applicationId,
  timezone: due.campaign.timezone,
  campaignBeganAt: due.beganAt,
});

/** The step that follows for somebody; a campaign that is over judges nobody. */
function decide(ports: Ports, due: Due, stored: StoredFacts, now: number): Decided {
  const { state, since, graceUntil, exemptUntil } = due;
  const rules = due.rules ?? DEFAULT_RECHECK;
  if (due.campaign.status === "ended") return putOff(due, null);
  if (closedBecause(due.campaign, now) === "campaign_over") return putOff(due, now + rules.everyHours * HOUR);
  let judged: Rejudged;
  try {
    judged = judgeAgain(due.gate, knownOf(due, stored, now), due.leaves);
  } catch (error) {
    failed(ports, due, error);
    return putOff(due, now + HOUR);
  }
  const seen: Seen = {
    passes: judged.passes,
    again: judged.again,
    spared: sparedBy(rules, due, now),
    appealed: due.appealed,
    removable: due.carrier === null || carrierOf(due.carrier).removes,
    presence: isOut(due.standing) ? "out" : due.leftAt === null ? "in" : "away",
  };
  const step = nextStep({ state, since, graceUntil, exemptUntil }, seen, rules, now);
  const leaves = judged.passes ? [] : judged.unmet;
  return { due, step, leaves, cause: causeOf(leaves), data: dataOf(leaves, step.graceUntil) };
}

const codesOf = (leaves: readonly UnmetLeaf[]): string =>
  [...new Set(leaves.map(({ code }) => code))].join(", ");

/** Why, as the ledger keeps it. */
export const causeOf = (leaves: readonly UnmetLeaf[]): string | null =>
  leaves.length === 0 ? null : codesOf(leaves).slice(0, 300);

/** What the outbox and the audit trail tell. */
export const dataOf = (leaves: readonly UnmetLeaf[], graceUntil: number | null): Decided["data"] => ({
  ...(leaves.length === 0 ? {} : { reasons: codesOf(leaves) }),
  ...(graceUntil === null ? {} : { graceUntil: new Date(graceUntil).toISOString() }),
});

/** Takes somebody out, or lets them back in; seats and boards follow. */
export async function move(ports: Ports, decided: Decided, by: Doing): Promise<void> {
  const { due } = decided;
  if (decided.step.deed === "restored") {
    const seating = await seatingOf(ports, due.campaignId, due.allocation);
    await letBack(ports.db, decided, seating, by);
  } else {
    const keeps = (due.rules ?? DEFAULT_RECHECK).credits === "keep";
    // A referral that counts for nobody anyway is not made to count by this.
    const verdict = keeps && due.standing === null ? "release" : "remove";
    await takeOut(ports.db, decided, verdict, by);
    await fillSeats(ports, { workspaceId: due.workspaceId, campaignId: null }, due.communityId);
  }
  foldSoon(ports, due.campaignId);
}
