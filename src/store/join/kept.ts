import { type SQL, sql } from "drizzle-orm";
import { freshId } from "../db.ts";
import { keptUnder } from "../evaluation-key.ts";
import type { Slot } from "../prepared.ts";
import { evaluations } from "../schema/people.ts";
import type { Prospect, StoredEvaluation, Terms } from "./terms.ts";

/** An evaluation as its statement binds it, with a candidate for the ids of all new rows. */
export type Kept = Prospect & Omit<StoredEvaluation, "leaves"> & { id: number; leaves: string };

export const keptOf = (prospect: Prospect, evaluation: StoredEvaluation, id: number): Kept => ({
  // Named one by one: they come with more, and copying all of that is felt in a crowd.
  workspaceId: prospect.workspaceId,
  communityId: prospect.communityId,
  campaignId: prospect.campaignId,
  inviteId: prospect.inviteId,
  identityHash: prospect.identityHash,
  identityType: prospect.identityType,
  attempt: prospect.attempt,
  ticket: prospect.ticket,
  now: prospect.now,
  gateVersion: evaluation.gateVersion,
  result: evaluation.result,
  leaves: JSON.stringify(evaluation.leaves),
  factsDigest: evaluation.factsDigest,
  facts: evaluation.facts,
  id,
});

export const EVALUATION_COLUMNS = sql`id, workspace_id, campaign_id, identity_hash, gate_version, result, leaves,
  facts_digest, facts, created_at, updated_at`;

/** Of each prospect and version of the gate, the last result counts. */
export const ON_SECOND_TRY = sql`ON CONFLICT (campaign_id, identity_hash, gate_version) DO UPDATE
  SET result = excluded.result, leaves = excluded.leaves, facts_digest = excluded.facts_digest,
    facts = excluded.facts, tries = tries + 1, updated_at = excluded.updated_at`;

/** Keeps a gate's result: the last one of each version. `guard` says for whom. */
export const keepEvaluation = (t: Terms, slot: Slot<Kept>, guard: SQL) =>
  sql`INSERT INTO evaluations (${EVALUATION_COLUMNS})
    SELECT ${freshId(evaluations, slot("id"))}, ${t.workspace}, ${t.campaign},
      ${keptUnder(t.campaign, t.identityHash, sql`(SELECT p.id FROM participants p WHERE ${t.person})`)},
      ${slot("gateVersion")}, ${slot("result")}, ${slot("leaves")}, ${slot("factsDigest")}, ${slot("facts")},
      ${t.now}, ${t.now} WHERE ${guard}
    ${ON_SECOND_TRY}`;

/**
 * Ends the application of a prospect who got in (`admitted`), or who will not (`rejected`): by the request on
 * behalf of it, or by its own ticket. One that somebody else sent under this identity is `withdrawn`.
 */
export const endApplication = (t: Terms, application: SQL, state: "admitted" | "rejected", when: SQL) => {
  const mine = sql`(id IS ${application} OR coalesce(ticket = ${t.ticket}, 0))`;
  const ended = sql`UPDATE applications SET due_at = NULL, updated_at = ${t.now}, state =`;
  const theirs = sql`campaign_id = ${t.campaign} AND identity_hash = ${t.identityHash} AND ${when}`;
  return state === "admitted"
    ? sql`${ended} iif(${mine}, 'admitted', 'withdrawn') WHERE ${theirs}`
    : sql`${ended} 'rejected' WHERE ${theirs} AND ${mine}`;
};
