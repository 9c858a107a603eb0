import type { ReviewState } from "../domain/criteria/facts.ts";
import { type Id, parseId } from "../domain/id.ts";
import { allows } from "../domain/key.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { notFound, Problem } from "../domain/problem.ts";
import {
  APPEAL_DAYS,
  type AssignmentInput,
  type BulkInput,
  type DecisionInput,
  type ReviewKind,
  type Verdict,
} from "../domain/review.ts";
import { findCampaign } from "../store/campaigns.ts";
import { type Decision, decideReviews } from "../store/deciding.ts";
import * as store from "../store/reviews.ts";
import { type Evidence, unsealEvidence } from "./applications.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { lookAgainSoon } from "./reapplying.ts";

const DAY = 86_400_000;

/** A case as a reviewer sees it. */
export type Review = Omit<store.Review, "evidence" | "workspaceId"> & {
  /** Null for a key that may only read, and for what another installation sealed. */
  evidence: Evidence | null;
  /** How long it waited, or waits, for its decision: milliseconds. */
  age: number;
  /** It is open, and its time is over. */
  overdue: boolean;
};

async function shown(call: Call, row: store.Review): Promise<Review> {
  const { workspaceId, evidence, ...rest } = row;
  const now = call.ports.now();
  const mayRead = allows(call.actor.scopes, "write");
  return {
    ...rest,
    evidence: mayRead ? await unsealEvidence(call.ports, workspaceId, evidence) : null,
    age: Math.max(0, (row.decidedAt ?? now) - row.openedAt),
    overdue: row.state === "open" && row.dueAt < now,
  };
}

/** The parameters of a list of cases. `assignee` empty: nobody's. */
export type ReviewQuery = PageQuery & {
  state?: ReviewState | undefined;
  queue?: string | undefined;
  kind?: ReviewKind | undefined;
  assignee?: string | undefined;
  overdue?: boolean | undefined;
};

/** A page of a campaign's cases, oldest first. */
export async function listReviews(call: Call, campaignId: Id, query: ReviewQuery): Promise<Page<Review>> {
  demand(call, "read");
  const { ports } = call;
  const { state, queue, kind, assignee, overdue } = query;
  const ask = askById("review", query);
  const filter = {
    state,
    queue,
    kind,
    assignee: assignee === "" ? null : assignee,
    overdueAt: overdue ? ports.now() : undefined,
  };
  const rows = await store.listReviews(ports.db, tenantOf(call), campaignId, filter, ask);
  if (rows.length === 0) found(await findCampaign(ports.db, tenantOf(call), campaignId), "campaign");
  const page = cutById(rows, ask);
  return { ...page, data: await Promise.all(page.data.map((row) => shown(call, row))) };
}

/** One case. */
export async function getReview(call: Call, id: Id): Promise<Review> {
  demand(call, "read");
  return shown(call, found(await store.findReview(call.ports.db, tenantOf(call), id), "review"));
}

/** Why a decision was not made: the case as it is now says so. */
function refusal(row: store.Review | undefined, to: Verdict, actor: string): Problem | null {
  if (row === undefined) return notFound("review");
  if (row.state === "open") {
    return new Problem("review_changed", "The person has applied again: look at the case anew.", [
      { path: "/expectedTries", code: "tries", message: `is ${row.tries} now` },
    ]);
  }
  if (row.state === to && row.decidedBy === actor) return null;
  const at = new Date(row.decidedAt ?? 0).toISOString();
  return new Problem("review_decided", `This case is ${row.state} already, by ${row.decidedBy}.`, [
    {
      path: "",
      code: row.state,
      message: `by ${row.decidedBy} at ${at}${row.reason ? `: ${row.reason}` : ""}`,
    },
  ]);
}

/** One wish for a decision. */
type Wish = DecisionInput & { id: Id; to: Verdict };

/** Makes decisions, each by itself; what became of each, in their order. */
async function decide(
  call: Call,
  wishes: readonly Wish[],
  campaignId: Id | null,
): Promise<{ id: Id; row: store.Review | undefined; refusal: Problem | null }[]> {
  const { ports, actor } = call;
  const now = ports.now();
  const decisions = wishes.map(({ id, to, reason, expectedTries, exemptUntil }): Decision => ({
    id,
    to,
    reason: reason ?? null,
    expectedTries: expectedTries ?? null,
    exemptUntil: exemptUntil ?? now + APPEAL_DAYS * DAY,
  }));
  const tenant = campaignId === null ? tenantOf(call) : { ...tenantOf(call), campaignId };
  const by = { actor: actor.keyId, entryId: ports.newId(), now };
  const rows = await decideReviews(ports.db, tenant, decisions, by);
  lookAgainSoon(ports);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return wishes.map(({ id, to }) => ({
    id,
    row: byId.get(id),
    refusal: refusal(byId.get(id), to, actor.keyId),
  }));
}

/**
 * Approves or rejects a case. The same decision again by the same key changes nothing.
 * @throws Problem `review_decided`, `review_changed`
 */
export async function decideReview(call: Call, id: Id, to: Verdict, input: DecisionInput): Promise<Review> {
  demand(call, "write");
  const [made] = await decide(call, [{ ...input, id, to }], null);
  if (made?.refusal) throw made.refusal;
  return shown(call, found(made?.row, "review"));
}

/** What became of one decision of many. */
export type BulkResult = { id: Id; review: Review | null; problem: Problem | null };

/** Many decisions in one batch, each with its own result. */
export async function decideMany(call: Call, campaignId: Id, input: BulkInput): Promise<BulkResult[]> {
  demand(call, "write");
  found(await findCampaign(call.ports.db, tenantOf(call), campaignId), "campaign");
  const verdicts = { approve: "approved", reject: "rejected" } as const;
  const known = input.decisions.filter(({ id }) => parseId("review", id) !== null);
  const wishes = known.map(({ decision, ...wish }): Wish => ({ ...wish, to: verdicts[decision] }));
  const made = wishes.length === 0 ? [] : await decide(call, wishes, campaignId);
  const byId = new Map(made.map((one) => [one.id, one]));
  return Promise.all(
    input.decisions.map(async ({ id }) => {
      const one = byId.get(id);
      const problem = one === undefined ? notFound("review") : one.refusal;
      const review = one?.row === undefined || problem !== null ? null : await shown(call, one.row);
      return { id, review, problem };
    }),
  );
}

/**
 * Gives an open case to a reviewer, or to nobody.
 * @throws Problem `review_decided`; `review_assigned` with `onlyIfFree`, where it is somebody else's
 */
export async function assignReview(call: Call, id: Id, input: AssignmentInput): Promise<Review> {
  demand(call, "write");
  const { ports, actor } = call;
  const row = found(
    await store.assignReview(ports.db, tenantOf(call), id, {
      ...input,
      actor: actor.keyId,
      entryId: ports.newId(),
      now: ports.now(),
    }),
    "review",
  );
  if (row.state !== "open") throw new Problem("review_decided", `This case is ${row.state} already.`);
  if (row.assignee !== input.assignee) {
    throw new Problem("review_assigned", `This case is with ${row.assignee}.`);
  }
  return shown(call, row);
}
