import { sql } from "drizzle-orm";
import type { LeafResult } from "../domain/criteria/types.ts";
import type { Gate } from "../domain/gate.ts";
import { formatId, type Id } from "../domain/id.ts";
import { type Db, jsonRows } from "./db.ts";
import { IS_OF_PARTICIPANT, PARTICIPANT_OF } from "./evaluation-key.ts";
import { prepared, type Slot } from "./prepared.ts";
import { campaigns } from "./schema/campaigns.ts";
import { workspaces } from "./schema/tenancy.ts";
import type { Tenant } from "./tenant.ts";

/** One version of a campaign's gate. */
export type GateVersion = { version: number; gate: Gate | null; rechecks: boolean; createdAt: number };

/** Which campaign, under a key that may be bound to one. */
export type Whose = { workspaceId: Id; campaignId: Id; bound: Id };

export const whose = (tenant: Tenant, campaignId: Id): Whose => ({
  workspaceId: tenant.workspaceId,
  campaignId,
  bound: tenant.campaignId ?? campaignId,
});

/** Campaign `c` is the one that is asked for, and the tenant's. */
export const own = (slot: Slot<Whose>) =>
  sql`c.id = ${slot("campaignId", campaigns.id)} AND c.id = ${slot("bound", campaigns.id)}
    AND c.workspace_id = ${slot("workspaceId", workspaces.id)}`;

type VersionsAsk = Whose & { below: number; above: number; back: number; limit: number };

const versions = prepared<VersionsAsk>((slot) => [
  sql`SELECT json_object('version', v.version, 'gate', json(v.gate), 'rechecks', v.rechecks, 'createdAt', v.created_at)
    FROM campaigns c JOIN gates v ON v.campaign_id = c.id
    WHERE ${own(slot)} AND v.version < ${slot("below")} AND v.version > ${slot("above")}
    ORDER BY v.version * ${slot("back")} LIMIT ${slot("limit")}`,
]);

const MAX = Number.MAX_SAFE_INTEGER;

/** Versions of a gate, the newest first; `before`: those above it, nearest first. One read. */
export async function listGates(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  ask: { limit: number; after: number | null; before: number | null },
): Promise<GateVersion[]> {
  const bound = {
    ...whose(tenant, campaignId),
    below: ask.after ?? MAX,
    above: ask.before ?? 0,
    back: ask.before === null ? -1 : 1,
    limit: ask.limit + 1,
  };
  const [rows = []] = await db.run("aside", versions(bound));
  return jsonRows<Omit<GateVersion, "rechecks"> & { rechecks: number }>(rows as [string][]).map((row) => ({
    ...row,
    rechecks: row.rechecks === 1,
  }));
}

/** Somebody who stood at the gate, with what it was judged on. */
export type Applicant = {
  evaluationId: Id;
  participantId: Id | null;
  identityHash: string;
  inviteId: Id;
  gateVersion: number;
  result: LeafResult;
  facts: string;
};

type Found = {
  campaign: { id: Id; communityId: Id; timezone: string; beganAt: number };
  applicants: Applicant[];
};

/** Whose evaluation `e` is, as hash: of the member `m` who came in, or as it was kept. */
const identityHash = sql`coalesce(m.identity_hash, e.identity_hash)`;

const lately = prepared<Whose & { limit: number }>((slot) => [
  sql`SELECT json_array(c.id, c.community_id, c.timezone, coalesce(c.starts_at, c.published_at, c.created_at))
    FROM campaigns c WHERE ${own(slot)}`,
  sql`SELECT json_array(e.id, p.id, ${identityHash}, coalesce(p.invited_via, a.invite_id, 0), e.gate_version, e.result,
      e.facts)
    FROM campaigns c CROSS JOIN evaluations e INDEXED BY evaluations_facts ON e.campaign_id = c.id AND e.facts IS NOT NULL
      LEFT JOIN participants t ON ${IS_OF_PARTICIPANT} AND t.id = ${PARTICIPANT_OF}
      LEFT JOIN members m ON m.id = coalesce(t.member_id, (SELECT x.id FROM members x
        WHERE x.community_id = c.community_id AND x.identity_hash = e.identity_hash))
      LEFT JOIN participants p ON p.campaign_id = c.id AND p.member_id = m.id
      LEFT JOIN applications a ON a.campaign_id = c.id AND a.identity_hash = ${identityHash}
    WHERE ${own(slot)} ORDER BY e.updated_at DESC LIMIT ${slot("limit")}`,
]);

/** The campaign, and the last applicants whose facts are kept, newest first; undefined: not there. One read. */
export async function findApplicants(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  limit: number,
): Promise<Found | undefined> {
  const [head = [], rows = []] = await db.run("aside", lately({ ...whose(tenant, campaignId), limit }));
  const [campaign] = jsonRows<[number, number, string, number]>(head as [string][]);
  if (campaign === undefined) return undefined;
  const [id, communityId, timezone, beganAt] = campaign;
  type Row = [number, number | null, string, number, number, LeafResult, string];
  return {
    campaign: {
      id: formatId("campaign", id),
      communityId: formatId("community", communityId),
      timezone,
      beganAt,
    },
    applicants: jsonRows<Row>(rows as [string][]).map(
      ([evaluation, participant, identityHash, invite, gateVersion, result, facts]) => ({
        evaluationId: formatId("evaluation", evaluation),
        participantId: participant === null ? null : formatId("participant", participant),
        identityHash,
        inviteId: formatId("invite", invite),
        gateVersion,
        result,
        facts,
      }),
    ),
  };
}

const forget = prepared<{ before: number; limit: number }>((slot) => [
  sql`UPDATE evaluations SET facts = NULL WHERE id IN (SELECT e.id FROM campaigns c
    CROSS JOIN evaluations e INDEXED BY evaluations_facts ON e.campaign_id = c.id AND e.facts IS NOT NULL
      AND e.updated_at < ${slot("before")} LIMIT ${slot("limit")}) RETURNING id`,
]);

/** Forgets the facts of evaluations that were last judged before `before`. @returns how many: at most `limit` */
export async function forgetFacts(db: Db, before: number, limit: number): Promise<number> {
  const [rows = []] = await db.run("write", forget({ before, limit }));
  return rows.length;
}

/** What was sent and what reviewers saw, of those whose gate was decided: forgotten as their facts are. */
const forgetSent = prepared<{ before: number; limit: number }>((slot) => [
  sql`UPDATE applications SET sealed = '' WHERE id IN (SELECT a.id FROM applications a INDEXED BY applications_sealed
    WHERE a.state <> 'pending' AND a.sealed <> '' AND a.updated_at < ${slot("before")} LIMIT ${slot("limit")})
    RETURNING id`,
  sql`UPDATE reviews SET evidence = '' WHERE id IN (SELECT r.id FROM reviews r INDEXED BY reviews_evidence
    WHERE r.decided_at IS NOT NULL AND r.evidence <> '' AND r.decided_at < ${slot("before")} LIMIT ${slot("limit")})
    RETURNING id`,
]);

/** Forgets forms and evidence that were decided on before `before`. @returns how many: at most `limit` of each */
export async function forgetForms(db: Db, before: number, limit: number): Promise<number> {
  const results = await db.run("write", forgetSent({ before, limit }));
  return Math.max(...results.map((rows) => rows.length));
}
