import { type DryRunInput, noTally, suppose, type Tally } from "../domain/dry-run.ts";
import { periodKey } from "../domain/calendar.ts";
import type { Facts } from "../domain/criteria/facts.ts";
import type { LeafResult } from "../domain/criteria/types.ts";
import { evaluate, type Reason, reasonsOf } from "../domain/evaluate.ts";
import type { Gate } from "../domain/gate.ts";
import {
  type DayReport,
  dayReports,
  type LeafReport,
  leafReports,
  type VersionReport,
  versionReports,
} from "../domain/gate-report.ts";
import type { Id } from "../domain/id.ts";
import { badCursor, cutPage, decodeCursor, type Page, type PageQuery } from "../domain/page.ts";
import type { Locale } from "../domain/text.ts";
import { bucketsBetween } from "../domain/time-buckets.ts";
import type { Ports } from "../runtime/ports.ts";
import { forgetContacts } from "../store/contacts.ts";
import {
  type Applicant,
  findApplicants,
  forgetFacts,
  forgetForms,
  type GateVersion,
  listGates,
} from "../store/evaluations.ts";
import { readManyFacts } from "../store/facts.ts";
import { readGateReport } from "../store/gate-report.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { factsAskOf, needs, openFacts } from "./gate-facts.ts";
import { rangeFault } from "./range.ts";

/** Every version of a campaign's gate, the newest first. A version never changes. */
export async function readGates(call: Call, campaignId: Id, query: PageQuery): Promise<Page<GateVersion>> {
  demand(call, "read");
  const position = query.cursor === undefined ? null : decodeCursor(query.cursor);
  if (query.cursor !== undefined && !/^\d{1,9}$/.test(position?.key ?? "")) throw badCursor();
  const version = position === null ? null : Number(position.key);
  const ask = {
    limit: query.limit,
    after: position?.direction === "after" ? version : null,
    before: position?.direction === "before" ? version : null,
  };
  const rows = await listGates(call.ports.db, tenantOf(call), campaignId, ask);
  // Every campaign has a version 1.
  if (rows.length === 0 && position === null) found(null, "campaign");
  return cutPage(rows, query.limit, position, (row) => String(row.version));
}

/** One applicant whose result a draft would change. */
export type DryChange = {
  evaluationId: Id;
  participantId: Id | null;
  gateVersion: number;
  from: LeafResult;
  to: LeafResult;
  reasons: Reason[];
};

export type DryRun = {
  /** The draft's answer to the facts that were given. */
  result: LeafResult | null;
  reasons: Reason[];
  /** Of the last applicants: how many were looked at, and how many whose facts cannot be read any more. */
  applicants: {
    evaluated: number;
    unreadable: number;
    before: Tally;
    after: Tally;
    changes: DryChange[];
  } | null;
};

/** Tries a draft of a gate, on supposed facts or on the last applicants. Nothing is written or used up. */
export async function dryRun(
  call: Call,
  campaignId: Id,
  input: DryRunInput,
  locale: Locale,
): Promise<DryRun> {
  demand(call, "write");
  const { ports } = call;
  const { campaign, applicants } = found(
    await findApplicants(ports.db, tenantOf(call), campaignId, input.lastApplicants ?? 0),
    "campaign",
  );
  if (input.facts !== undefined) {
    const now = ports.now();
    const at = input.facts.now ?? now;
    const facts = suppose(input.facts, campaign, now, (daily) => periodKey(campaign.timezone, at, daily));
    const evaluation = evaluate(input.gate, facts);
    return { result: evaluation.result, reasons: reasonsOf(evaluation, locale), applicants: null };
  }
  const { workspaceId } = call.actor;
  const kept = await Promise.all(
    applicants.map(async (one) => {
      const whose = { identityHash: one.identityHash, campaignId };
      return { one, facts: await openFacts(ports, workspaceId, whose, one.facts) };
    }),
  );
  const readable = kept.filter((each): each is { one: Applicant; facts: Facts } => each.facts !== null);
  const known = await refreshed(ports, input.gate, workspaceId, campaign, readable);
  const [before, after] = [noTally(), noTally()];
  const changes: DryChange[] = [];
  for (const { one, facts } of known) {
    const evaluation = evaluate(input.gate, facts);
    before[one.result]++;
    after[evaluation.result]++;
    if (evaluation.result === one.result) continue;
    const { evaluationId, participantId, gateVersion, result } = one;
    const reasons = reasonsOf(evaluation, locale).filter((reason) => reason.result !== "pass");
    changes.push({ evaluationId, participantId, gateVersion, from: result, to: evaluation.result, reasons });
  }
  const unreadable = kept.length - readable.length;
  return {
    result: null,
    reasons: [],
    applicants: { evaluated: known.length, unreadable, before, after, changes },
  };
}

/** Applicants whose facts are read anew in one trip: D1 takes only so many statements. */
const CHUNK = 40;

/** What a person sent stays as it was; what the database knows of them is read as it is now, where the draft asks. */
async function refreshed(
  ports: Ports,
  draft: Gate,
  workspaceId: Id,
  campaign: { id: Id; communityId: Id; timezone: string },
  each: { one: Applicant; facts: Facts }[],
): Promise<{ one: Applicant; facts: Facts }[]> {
  if (needs(draft).length === 0) return each;
  const result: { one: Applicant; facts: Facts }[] = [];
  for (let from = 0; from < each.length; from += CHUNK) {
    const part = each.slice(from, from + CHUNK);
    const asks = part.map(({ one, facts }) =>
      factsAskOf(draft, {
        workspaceId,
        communityId: campaign.communityId,
        campaignId: campaign.id,
        inviteId: one.inviteId,
        identityHash: one.identityHash,
        timezone: campaign.timezone,
        now: facts.now,
        codeHash: null,
        order: facts.offeredOrder?.found?.reference ?? null,
      }),
    );
    const stored = await readManyFacts(ports.db, asks);
    part.forEach(({ one, facts }, i) => {
      const anew = stored[i];
      // A code that came back is what they sent: nobody else's request finds it in the database.
      result.push({ one, facts: anew === undefined ? facts : { ...facts, ...anew, contact: facts.contact } });
    });
  }
  return result;
}

export type GateReport = {
  accurateAsOf: number;
  period: { from: number; to: number; timezone: string };
  leaves: LeafReport[];
  versions: VersionReport[];
  days: DayReport[];
};

const DAY = 86_400_000;
const PAST_DAYS = 30;
const MAX_DAYS = 120;

/**
 * How each leaf of a gate did, and what came of it: joins and leaves by day and version. One round trip.
 * @param range the last 30 days, where nothing is said
 */
export async function readReport(
  call: Call,
  campaignId: Id,
  range: { from?: number | undefined; to?: number | undefined },
): Promise<GateReport> {
  demand(call, "read");
  const now = call.ports.now();
  const to = range.to ?? now + 1;
  const from = range.from ?? Math.max(0, to - PAST_DAYS * DAY);
  if (from >= to) throw rangeFault("?to", "window_reversed", "is not after `from`");
  if (to - from > MAX_DAYS * DAY)
    throw rangeFault("?from", "window_too_long", `is more than ${MAX_DAYS} days before \`to\``);
  const read = found(
    await readGateReport(call.ports.db, tenantOf(call), campaignId, { from, to }),
    "campaign",
  );
  const { timezone, leaves, movements, lost, gated } = read;
  const buckets = bucketsBetween("day", timezone, from, to) ?? [];
  const days = dayReports(buckets, movements, new Set(gated));
  return {
    accurateAsOf: now,
    period: { from, to, timezone },
    leaves: leafReports(leaves),
    versions: versionReports(days, new Map(lost.map(({ gateVersion, people }) => [gateVersion, people]))),
    days,
  };
}

/** How long the facts behind an evaluation are kept. */
const KEEP_FACTS_DAYS = 90;
const FORGET = 1000;

/**
 * Forgets the facts behind old evaluations, what was sent by people whose gate was decided long ago, with what
 * their reviewers saw, and to whom codes were sent. What was decided, when, by whom and on which digest stays,
 * and with it each leaf's result, which is all that a re-check reads of a code. For all tenants.
 */
export async function forgetOldFacts({ db, now }: Ports): Promise<void> {
  const before = now() - KEEP_FACTS_DAYS * DAY;
  for (const forget of [forgetFacts, forgetForms, forgetContacts]) {
    for (let rounds = 0; rounds < 100; rounds++) {
      if ((await forget(db, before, FORGET)) < FORGET) break;
    }
  }
}
