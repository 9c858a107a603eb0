import { type SQL, sql } from "drizzle-orm";
import type { CampaignWindow } from "../domain/campaign.ts";
import type { LeafResult } from "../domain/criteria/types.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { IdentityType } from "../domain/identity.ts";
import type { InviteWindow } from "../domain/invite.ts";
import type { Attributes } from "../domain/join.ts";
import { METRICS } from "../domain/metrics/index.ts";
import { openGroups } from "./arrival.ts";
import { type Db, freshId, jsonQuery, jsonRows } from "./db.ts";
import { invites } from "./schema/campaigns.ts";
import { ledger } from "./schema/ledger.ts";
import { evaluations, members, participants, waitlist } from "./schema/people.ts";

/** Who stands at which gate, and by which request. */
export type Prospect = {
  workspaceId: Id;
  communityId: Id;
  campaignId: Id;
  inviteId: Id;
  identityHash: string;
  identityType: IdentityType;
  /** Random; tells the row that this very request made from one that was there. */
  attempt: number;
  /** The scan ticket's nonce, spent by the join. */
  ticket: string | null;
  now: number;
};

/** A gate's result as it is kept. */
export type StoredEvaluation = {
  gateVersion: number;
  result: LeafResult;
  leaves: { path: string; criterion: string; result: LeafResult; code: string }[];
};

/** What a join that passed the gate writes. */
export type Admission = Prospect & {
  evaluation: StoredEvaluation;
  spends: Id[];
  displayName: string;
  attributes: Attributes | null;
  /** The code of the new participant's own invite. */
  code: string;
  actor: string;
  newId: () => number;
};

/** How things stand for the prospect after the batch, read within it. */
export type Standing = {
  campaign: CampaignWindow & { gateVersion: number };
  invite: InviteWindow;
  participant: {
    id: Id;
    attempt: number;
    ticket: string | null;
    displayName: string;
    parentId: Id | null;
    depth: number;
    joinedAt: number;
    inviteCode: string | null;
    inviteId: Id | null;
    group: { id: Id; name: string; carrier: string; joinUrl: string | null } | null;
  } | null;
  waiting: { ticket: string | null; attempt: number; position: number } | null;
  /** The ticket let somebody else in, or put somebody else on the waitlist. */
  ticketTaken: boolean;
};

/** SQL names for what every statement of the batch speaks of. */
function terms(prospect: Prospect) {
  const number = (kind: Parameters<typeof parseId>[0], id: Id) => sql`${parseId(kind, id)}`;
  const workspace = number("workspace", prospect.workspaceId);
  const campaign = number("campaign", prospect.campaignId);
  const invite = number("invite", prospect.inviteId);
  const community = number("community", prospect.communityId);
  const { identityHash, ticket, attempt, now } = prospect;
  const member = sql`(SELECT m.id FROM members m WHERE m.community_id = ${community} AND m.identity_hash = ${identityHash})`;
  return {
    workspace,
    campaign,
    invite,
    community,
    member,
    now: sql`${now}`,
    /** The participant row of this prospect, however it came to be. */
    person: sql`p.campaign_id = ${campaign} AND p.member_id = ${member}`,
    /** The participant row that this very request inserted. */
    fresh: sql`p.campaign_id = ${campaign} AND p.member_id = ${member} AND p.attempt = ${attempt}`,
    /** Somebody else spent the ticket, on `table`. */
    ticketTaken: (table: "participants" | "waitlist") =>
      ticket === null
        ? sql`false`
        : sql`EXISTS (SELECT 1 FROM ${sql.identifier(table)} t WHERE t.campaign_id = ${campaign}
            AND t.ticket = ${ticket} AND t.member_id IS NOT ${member})`,
  };
}

type Terms = ReturnType<typeof terms>;

/** `FROM … WHERE` that yields one row while campaign, invite, ticket and codes admit this prospect. */
function admissible(t: Terms, a: Admission): SQL {
  const codes = a.spends.map(
    (id) => sql`AND EXISTS (SELECT 1 FROM access_codes a WHERE a.id = ${parseId("accessCode", id)}
      AND a.campaign_id = c.id AND a.revoked_at IS NULL AND a.uses < a.max_uses
      AND (a.expires_at IS NULL OR a.expires_at > ${t.now}))`,
  );
  return sql`FROM campaigns c JOIN invites i ON i.id = ${t.invite} AND i.campaign_id = c.id
    WHERE c.id = ${t.campaign} AND c.workspace_id = ${t.workspace} AND c.status = 'published'
      AND (c.starts_at IS NULL OR c.starts_at <= ${t.now}) AND (c.ends_at IS NULL OR c.ends_at > ${t.now})
      AND c.gate_version = ${a.evaluation.gateVersion}
      AND i.revoked_at IS NULL AND (i.starts_at IS NULL OR i.starts_at <= ${t.now})
      AND (i.expires_at IS NULL OR i.expires_at > ${t.now}) AND (i.max_uses IS NULL OR i.uses < i.max_uses)
      AND NOT ${t.ticketTaken("participants")} AND NOT ${t.ticketTaken("waitlist")}
      ${sql.join(codes, sql` `)}`;
}

/** The statements that add 1 to every score that a new participant changes, one a metric. */
const addScores = (db: Db, t: Terms) =>
  METRICS.filter((metric) => metric.delta({ kind: "joined" }) !== 0).map(({ kind, reach, delta }) => {
    const above = sql`SELECT p.parent_id FROM participants p WHERE ${t.fresh} AND p.parent_id IS NOT NULL`;
    const up =
      reach === "inviter"
        ? above
        : sql`${above} UNION ALL SELECT q.parent_id FROM up JOIN participants q ON q.id = up.id
            WHERE q.parent_id IS NOT NULL`;
    return db.q
      .run(sql`INSERT INTO scores (workspace_id, campaign_id, metric, period, participant_id, score, reached_at)
      WITH RECURSIVE up(id) AS (${up})
      SELECT ${t.workspace}, ${t.campaign}, ${kind}, 'all', up.id, ${delta({ kind: "joined" })}, ${t.now} FROM up WHERE true
      ON CONFLICT (campaign_id, metric, period, participant_id) DO UPDATE
        SET score = score + excluded.score, reached_at = max(reached_at, excluded.reached_at)`);
  });

/** Keeps a gate's result: the last one of each version. `guard` says for whom. */
const keepEvaluation = (db: Db, t: Terms, a: Prospect, id: number, e: StoredEvaluation, guard: SQL) =>
  db.q.run(sql`INSERT INTO evaluations
      (id, workspace_id, campaign_id, identity_hash, gate_version, result, leaves, created_at, updated_at)
    SELECT ${freshId(evaluations, id)}, ${t.workspace}, ${t.campaign}, ${a.identityHash}, ${e.gateVersion},
      ${e.result}, ${JSON.stringify(e.leaves)}, ${t.now}, ${t.now} WHERE ${guard}
    ON CONFLICT (campaign_id, identity_hash, gate_version) DO UPDATE
      SET result = excluded.result, leaves = excluded.leaves, tries = tries + 1, updated_at = excluded.updated_at`);

/**
 * Lets a prospect in, or puts them on the waitlist: one atomic batch, one round trip. Each statement
 * repeats the guard of the first, so a batch that is not admitted changes nothing. Never throws on a
 * race: the standing that it returns says what happened.
 */
export async function admit(db: Db, a: Admission): Promise<Standing> {
  const t = terms(a);
  const may = admissible(t, a);
  const isFresh = sql`EXISTS (SELECT 1 FROM participants p WHERE ${t.fresh})`;
  const isNewlyWaiting = sql`EXISTS (SELECT 1 FROM waitlist w WHERE w.campaign_id = ${t.campaign}
    AND w.member_id = ${t.member} AND w.attempt = ${a.attempt})`;
  const spent = a.spends.map((id) =>
    db.q.run(sql`UPDATE access_codes SET uses = uses + 1
      WHERE id = ${parseId("accessCode", id)} AND ${isFresh}`),
  );
  const results = await db.write([
    db.q
      .run(sql`INSERT INTO members (id, workspace_id, community_id, identity_hash, identity_type, created_at)
      SELECT ${freshId(members, a.newId())}, c.workspace_id, c.community_id, ${a.identityHash}, ${a.identityType}, ${t.now}
      ${may} ON CONFLICT (community_id, identity_hash) DO NOTHING`),
    db.q
      .run(sql`INSERT INTO participants (id, workspace_id, campaign_id, member_id, parent_id, depth, invited_via,
        group_id, gate_version, display_name, attributes, attempt, ticket, joined_at)
      SELECT ${freshId(participants, a.newId())}, c.workspace_id, c.id, ${t.member}, i.participant_id,
        coalesce((SELECT p.depth + 1 FROM participants p WHERE p.id = i.participant_id), 0), i.id,
        (SELECT g.id FROM ${openGroups(a.now)} ORDER BY g.priority, g.id LIMIT 1) AS seat,
        c.gate_version, ${a.displayName}, ${a.attributes && JSON.stringify(a.attributes)}, ${a.attempt}, ${a.ticket}, ${t.now}
      ${may} AND seat IS NOT NULL
      ON CONFLICT (campaign_id, member_id) DO NOTHING`),
    db.q.run(sql`UPDATE groups SET used = used + 1
      WHERE id = (SELECT p.group_id FROM participants p WHERE ${t.fresh})`),
    db.q.run(sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id, group_id,
        invite_id, gate_version, actor, key, at)
      SELECT ${freshId(ledger, a.newId())}, p.workspace_id, p.campaign_id, 'joined', p.id, p.parent_id, p.group_id,
        p.invited_via, p.gate_version, ${a.actor}, '', p.joined_at FROM participants p WHERE ${t.fresh}`),
    db.q.run(sql`INSERT INTO invites (id, workspace_id, campaign_id, participant_id, code, created_at)
      SELECT ${freshId(invites, a.newId())}, p.workspace_id, p.campaign_id, p.id, ${a.code}, p.joined_at
      FROM participants p WHERE ${t.fresh}`),
    db.q.run(sql`UPDATE invites SET uses = uses + 1 WHERE id = ${t.invite} AND ${isFresh}`),
    db.q.run(sql`UPDATE waitlist SET promoted_at = ${t.now}
      WHERE campaign_id = ${t.campaign} AND member_id = ${t.member} AND promoted_at IS NULL AND ${isFresh}`),
    db.q.run(sql`INSERT INTO waitlist (id, workspace_id, campaign_id, member_id, invited_via, gate_version,
        display_name, attributes, attempt, ticket, created_at)
      SELECT ${freshId(waitlist, a.newId())}, c.workspace_id, c.id, ${t.member}, i.id, c.gate_version,
        ${a.displayName}, ${a.attributes && JSON.stringify(a.attributes)}, ${a.attempt}, ${a.ticket}, ${t.now}
      ${may} AND NOT EXISTS (SELECT 1 FROM participants p WHERE ${t.person})
      ON CONFLICT (campaign_id, member_id) DO NOTHING`),
    keepEvaluation(db, t, a, a.newId(), a.evaluation, sql`${isFresh} OR ${isNewlyWaiting}`),
    ...spent,
    ...addScores(db, t),
    selectStanding(db, t),
  ]);
  return readStanding(results.at(-1) as [string][]);
}

/** Keeps the result of a gate that did not let the prospect in. One batch; nothing else changes. */
export async function refuse(
  db: Db,
  prospect: Prospect,
  evaluation: StoredEvaluation,
  evaluationId: number,
): Promise<Standing> {
  const t = terms(prospect);
  const outside = sql`NOT EXISTS (SELECT 1 FROM participants p WHERE ${t.person})`;
  const results = await db.write([
    keepEvaluation(db, t, prospect, evaluationId, evaluation, outside),
    selectStanding(db, t),
  ]);
  return readStanding(results[1]);
}

/** How things stand for a prospect. One read. */
export async function findStanding(db: Db, prospect: Prospect): Promise<Standing> {
  const [rows] = await db.read([selectStanding(db, terms(prospect))]);
  return readStanding(rows);
}

const selectStanding = (db: Db, t: Terms) =>
  jsonQuery(
    db,
    sql`SELECT json_object(
      'campaign', json_object('status', c.status, 'startsAt', c.starts_at, 'endsAt', c.ends_at, 'gateVersion', c.gate_version),
      'invite', json_object('startsAt', i.starts_at, 'expiresAt', i.expires_at, 'revokedAt', i.revoked_at,
        'maxUses', i.max_uses, 'uses', i.uses),
      'participant', json((SELECT json_object('id', p.id, 'attempt', p.attempt, 'ticket', p.ticket,
          'displayName', p.display_name, 'parentId', p.parent_id, 'depth', p.depth, 'joinedAt', p.joined_at,
          'inviteId', own.id, 'inviteCode', own.code,
          'group', CASE WHEN g.id IS NULL THEN NULL ELSE
            json_object('id', g.id, 'name', g.name, 'carrier', g.carrier, 'joinUrl', g.join_url) END)
        FROM participants p LEFT JOIN groups g ON g.id = p.group_id LEFT JOIN invites own ON own.participant_id = p.id
        WHERE ${t.person})),
      'waiting', json((SELECT json_object('ticket', w.ticket, 'attempt', w.attempt,
          'position', (SELECT count(*) FROM waitlist b WHERE b.campaign_id = w.campaign_id
            AND b.promoted_at IS NULL AND b.id <= w.id))
        FROM waitlist w WHERE w.campaign_id = ${t.campaign} AND w.member_id = ${t.member} AND w.promoted_at IS NULL)),
      'ticketTaken', ${t.ticketTaken("participants")} OR ${t.ticketTaken("waitlist")})
    FROM campaigns c JOIN invites i ON i.id = ${t.invite} AND i.campaign_id = c.id
    WHERE c.id = ${t.campaign} AND c.workspace_id = ${t.workspace}`,
  );

type StoredStanding = Omit<Standing, "participant" | "ticketTaken"> & {
  participant:
    | (Omit<NonNullable<Standing["participant"]>, "id" | "parentId" | "inviteId" | "group"> & {
        id: number;
        parentId: number | null;
        inviteId: number | null;
        group: { id: number; name: string; carrier: string; joinUrl: string | null } | null;
      })
    | null;
  ticketTaken: number;
};

function readStanding(rows: readonly [string][]): Standing {
  const [found] = jsonRows<StoredStanding>(rows);
  if (found === undefined) throw new Error("the campaign of a join is gone");
  const p = found.participant;
  return {
    ...found,
    ticketTaken: found.ticketTaken === 1,
    participant: p && {
      ...p,
      id: formatId("participant", p.id),
      parentId: p.parentId === null ? null : formatId("participant", p.parentId),
      inviteId: p.inviteId === null ? null : formatId("invite", p.inviteId),
      group: p.group && { ...p.group, id: formatId("group", p.group.id) },
    },
  };
}
