import { type SQL, sql } from "drizzle-orm";
import type { Allocation } from "../../domain/allocation.ts";
import type { CampaignStatus } from "../../domain/campaign.ts";
import type { CarrierKind } from "../../domain/carriers/index.ts";
import type { Standing } from "../../domain/credit.ts";
import type { Check, RecheckRules } from "../../domain/elimination.ts";
import type { Gate } from "../../domain/gate.ts";
import { formatId, type Id } from "../../domain/id.ts";
import type { IdentityType } from "../../domain/identity.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { IS_THEIRS } from "../evaluation-key.ts";
import type { StoredEvaluation } from "../join/terms.ts";
import { ownParticipant } from "../standing/terms.ts";
import type { Tenant } from "../tenant.ts";

/** A member who is to be judged again, with all that decides beside the facts of their gate. */
export type Due = Check & {
  participantId: Id;
  workspaceId: Id;
  communityId: Id;
  campaignId: Id;
  /** The application by which they came, if they did: a payment is known by it. */
  applicationId: Id | null;
  inviteId: Id;
  invitedBy: "member" | "channel";
  dueAt: number | null;
  identityHash: string;
  identityType: IdentityType;
  gate: Gate | null;
  leftAt: number | null;
  standing: Standing | null;
  /** Their referral had been voided before a re-check removed them. */
  wasVoided: boolean;
  /** What their seat's group lives on; null: they have no seat. */
  carrier: CarrierKind | null;
  campaign: { status: CampaignStatus; startsAt: number | null; endsAt: number | null; timezone: string };
  beganAt: number;
  rules: RecheckRules | null;
  allocation: Allocation;
  /** The leaves as they were when they came in; null where that is not known. */
  leaves: StoredEvaluation["leaves"] | null;
  tags: string[];
  lastReadAt: number | null;
  appealed: boolean;
};

const PAIR = sql`json_object('id', k.participant_id, 'workspace', k.workspace_id, 'community', c.community_id,
  'campaign', k.campaign_id, 'invite', p.invited_via, 'gateVersion', p.gate_version, 'wasVoided', coalesce((SELECT l.kind
    FROM ledger l WHERE l.participant_id = p.id AND l.kind IN ('voided', 'restored', 'removed', 'released')
    ORDER BY l.at DESC, l.id DESC LIMIT 1 OFFSET 1) = 'voided', 0),
  'invitedBy', iif(i.participant_id IS NULL, 'channel', 'member'), 'appealed', EXISTS (SELECT 1 FROM reviews r
    WHERE r.campaign_id = k.campaign_id AND r.identity_hash = m.identity_hash AND r.kind = 'appeal' AND r.state = 'open'),
  'application', (SELECT a.id FROM applications a WHERE a.campaign_id = k.campaign_id AND a.identity_hash = m.identity_hash),
  'check', json_object('state', k.state, 'since', k.since, 'graceUntil', k.grace_until, 'exemptUntil', k.exempt_until,
    'dueAt', k.due_at),
  'person', json_object('identityHash', m.identity_hash, 'identityType', m.identity_type, 'leftAt', p.left_at,
    'standing', p.standing, 'carrier', g.carrier, 'lastReadAt', f.last_read_at, 'tags', json(coalesce(f.tags, '[]'))),
  'campaignNow', json_object('status', c.status, 'startsAt', c.starts_at, 'endsAt', c.ends_at, 'timezone', c.timezone),
  'beganAt', coalesce(c.starts_at, c.published_at, c.created_at), 'rules', json(json_extract(c.settings, '$.recheck')), 'allocation', json(json_extract(c.settings, '$.allocation')),
  'leaves', json((SELECT e.leaves FROM evaluations e WHERE ${IS_THEIRS} AND e.gate_version = p.gate_version
    AND e.result = 'pass')))`;

type Stored = {
  id: number;
  workspace: number;
  community: number;
  campaign: number;
  invite: number;
  gateVersion: number;
  wasVoided: number;
  invitedBy: Due["invitedBy"];
  appealed: number;
  application: number | null;
  check: Check & { dueAt: number | null };
  person: Pick<
    Due,
    "identityHash" | "identityType" | "leftAt" | "standing" | "carrier" | "lastReadAt" | "tags"
  >;
  campaignNow: Due["campaign"];
  beganAt: number;
  rules: RecheckRules | null;
  allocation: Allocation;
  leaves: Due["leaves"];
};

/** Reads the checks of `picked`, a sub-select of rows of `checks`; each gate once, however many came by it. */
async function readDue(db: Db, picked: SQL): Promise<Due[]> {
  const [rows, gates] = await db.readAside([
    jsonQuery(
      db,
      sql`SELECT ${PAIR} FROM (${picked}) k CROSS JOIN participants p ON p.id = k.participant_id
        JOIN campaigns c ON c.id = p.campaign_id JOIN members m ON m.id = p.member_id JOIN invites i ON i.id = p.invited_via
        LEFT JOIN groups g ON g.id = p.group_id
        LEFT JOIN profiles f ON f.community_id = c.community_id AND f.identity_hash = m.identity_hash`,
    ),
    jsonQuery(
      db,
      sql`SELECT json_object('campaign', v.campaign_id, 'version', v.version, 'gate', json(v.gate)) FROM (
        SELECT DISTINCT p.campaign_id, p.gate_version FROM (${picked}) k CROSS JOIN participants p ON p.id = k.participant_id) s
        CROSS JOIN gates v ON v.campaign_id = s.campaign_id AND v.version = s.gate_version`,
    ),
  ]);
  const known = new Map(
    jsonRows<{ campaign: number; version: number; gate: Gate | null }>(gates).map((row) => [
      `${row.campaign}.${row.version}`,
      row.gate,
    ]),
  );
  return jsonRows<Stored>(rows).map(({ check, person, campaignNow, ...row }) => ({
    ...check,
    ...person,
    participantId: formatId("participant", row.id),
    workspaceId: formatId("workspace", row.workspace),
    communityId: formatId("community", row.community),
    campaignId: formatId("campaign", row.campaign),
    applicationId: row.application === null ? null : formatId("application", row.application),
    inviteId: formatId("invite", row.invite),
    invitedBy: row.invitedBy,
    gate: known.get(`${row.campaign}.${row.gateVersion}`) ?? null,
    wasVoided: row.wasVoided === 1,
    campaign: campaignNow,
    beganAt: row.beganAt,
    rules: row.rules,
    allocation: row.allocation,
    leaves: row.leaves,
    appealed: row.appealed === 1,
  }));
}

/** Members of all tenants who are to be judged again by now, who waits longest first. One read. */
export const findDueChecks = (db: Db, now: number, limit: number): Promise<Due[]> =>
  readDue(
    db,
    sql`SELECT * FROM checks WHERE due_at IS NOT NULL AND due_at <= ${now} ORDER BY due_at, participant_id LIMIT ${limit}`,
  );

/** One member's check, due or not; undefined: they have none, or are not the tenant's. One read. */
export async function findCheckOf(db: Db, tenant: Tenant, participantId: Id): Promise<Due | undefined> {
  const picked = sql`SELECT q.* FROM checks q JOIN participants p ON p.id = q.participant_id
    WHERE ${ownParticipant(tenant, participantId)}`;
  const [found] = await readDue(db, picked);
  return found;
}
