import { type SQL, sql } from "drizzle-orm";
import type { Model } from "../domain/attribution.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";
import type { Tenant } from "./tenant.ts";

/** A join that would be credited to another invite. */
export type Change = {
  participantId: Id;
  inviteNow: Id;
  inviteReplayed: Id;
  inviterNow: Id | null;
  inviterReplayed: Id | null;
};

/** What other rules would have decided on the arrivals of the past. */
export type Replay = {
  model: Model;
  windowDays: number;
  ruleVersion: number;
  participants: number;
  joins: number;
  truncated: boolean;
  changed: number;
  byChannel: { channel: string | null; medium: string | null; now: number; replayed: number }[];
  byInviter: { participant: { id: Id; displayName: string }; now: number; replayed: number }[];
  changes: Change[];
};

/** The rules to replay by: the campaign's own, where nothing else is asked for. */
export type ReplayRule = { model: Model | null; windowDays: number | null };

type Stored = Omit<Replay, "truncated" | "byInviter" | "changes"> & {
  truncated: number;
  byInviter: { id: number; displayName: string; now: number; replayed: number }[];
  changes: [
    participant: number,
    now: number,
    then: number,
    inviterNow: number | null,
    inviterReplayed: number | null,
  ][];
};

const MAX_INVITERS = 50;
const MAX_CHANNELS = 200;

/** The campaign `c` with the rules `model` and `days` of the replay. */
const rulesOf = (tenant: Tenant, id: Id, { model, windowDays }: ReplayRule): SQL => {
  const bound = tenant.campaignId === null || tenant.campaignId === id;
  return sql`SELECT c.id, c.rule_version, coalesce(c.starts_at, c.published_at, c.created_at) AS began,
      coalesce(${model}, json_extract(c.settings, '$.attribution.model')) AS model,
      coalesce(CAST(${windowDays} AS INTEGER), json_extract(c.settings, '$.attribution.windowDays')) AS days,
      coalesce(json_extract(c.settings, '$.attribution.allowKnown'), 0) AS allow_known
    FROM campaigns c WHERE c.id = ${parseId("campaign", id)}
      AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)} AND ${bound ? 1 : 0}`;
};

/** The newest joins of several arrivals. Of whoever waited, it was decided when they began to wait. */
const seen = (most: number): SQL => sql`SELECT p.id, p.invited_via, p.inviter_id, p.moved_at, p.touches,
    coalesce(p.credited_via, p.invited_via) AS now_via, coalesce(w.created_at, p.joined_at) AS decided_at,
    m.created_at AS known_since
  FROM c JOIN participants p INDEXED BY participants_touched ON p.campaign_id = c.id AND p.touches IS NOT NULL
    JOIN members m ON m.id = p.member_id
    LEFT JOIN waitlist w ON w.campaign_id = p.campaign_id AND w.member_id = p.member_id AND w.attempt = p.attempt
  ORDER BY p.id DESC LIMIT ${most}`;

/** The rule of domain/attribution.ts: touches stand in their order, each `[invite, at, typed]`. */
const replayed = sql`SELECT s.*, coalesce((SELECT t.value->>0 FROM json_each(s.touches) t
      WHERE t.value->>2 = 1 OR t.value->>1 >= s.decided_at - c.days * 86400000
      ORDER BY t.value->>2 DESC, CASE WHEN c.model = 'first_touch' AND t.value->>2 = 0 THEN t.key ELSE -t.key END
      LIMIT 1), s.invited_via) AS then_via
    FROM seen s CROSS JOIN c`;

/**
 * Who would be the inviter. Whom an operator moved stays where they are. The same owner is refused as
 * before; for another one, the refusals are those that the record can tell.
 */
const decided = sql`SELECT r.*, CASE
      WHEN r.moved_at IS NOT NULL OR r.then_via = r.now_via OR k.participant_id IS n.participant_id THEN r.inviter_id
      WHEN NOT c.allow_known AND r.known_since < min(c.began, r.decided_at) THEN NULL
      WHEN (SELECT l.kind FROM ledger l WHERE l.participant_id = k.participant_id
        AND l.kind IN ('voided', 'restored', 'removed') AND l.at <= r.decided_at
        ORDER BY l.at DESC, l.id DESC LIMIT 1) = 'removed' THEN NULL
      ELSE k.participant_id END AS then_inviter
    FROM replayed r CROSS JOIN c JOIN invites n ON n.id = r.now_via JOIN invites k ON k.id = r.then_via`;

/** How many of the joins go to each, now and then. */
const counted = (now: SQL, then: SQL): SQL => sql`(SELECT key, sum(was) AS was, sum(would) AS would
  FROM (SELECT ${now} AS key, 1 AS was, 0 AS would FROM decided UNION ALL SELECT ${then}, 0, 1 FROM decided)
  GROUP BY key)`;

/**
 * Replays the arrivals of a campaign's joins under other rules, and changes nothing. At most `most` joins
 * are looked at, the newest. Undefined: there is no such campaign. One read.
 */
export async function replayAttribution(
  db: Db,
  tenant: Tenant,
  id: Id,
  rule: ReplayRule,
  { limit, position }: PageAsk,
  most: number,
): Promise<Replay | undefined> {
  const back = position?.direction === "before";
  const key = position === null ? null : parseId("participant", position.key);
  const beyond = key === null ? sql`` : back ? sql`AND d.id > ${key}` : sql`AND d.id < ${key}`;
  const order = back ? sql`d.id` : sql`d.id DESC`;
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`WITH c AS MATERIALIZED (${rulesOf(tenant, id, rule)}), seen AS MATERIALIZED (${seen(most)}),
        replayed AS MATERIALIZED (${replayed}), decided AS MATERIALIZED (${decided})
      SELECT json_object('model', c.model, 'windowDays', c.days, 'ruleVersion', c.rule_version,
        'participants', (SELECT count(*) FROM participants p WHERE p.campaign_id = c.id),
        'joins', (SELECT count(*) FROM seen),
        'truncated', EXISTS (SELECT 1 FROM participants p INDEXED BY participants_touched
          WHERE p.campaign_id = c.id AND p.touches IS NOT NULL ORDER BY p.id DESC LIMIT 1 OFFSET ${most}),
        'changed', (SELECT count(*) FROM decided d WHERE d.then_via <> d.now_via),
        'byChannel', (SELECT json_group_array(json_object('channel', channel, 'medium', medium, 'now', was, 'replayed', would))
          FROM (SELECT i.channel, i.medium, sum(n.was) AS was, sum(n.would) AS would
            FROM ${counted(sql`now_via`, sql`then_via`)} n JOIN invites i ON i.id = n.key
            GROUP BY i.channel, i.medium ORDER BY max(sum(n.was), sum(n.would)) DESC, i.channel, i.medium
            LIMIT ${MAX_CHANNELS})),
        'byInviter', (SELECT json_group_array(json_object('id', id, 'displayName', name, 'now', was, 'replayed', would))
          FROM (SELECT p.id, p.display_name AS name, n.was, n.would
            FROM ${counted(sql`inviter_id`, sql`then_inviter`)} n JOIN participants p ON p.id = n.key
            WHERE n.was <> n.would ORDER BY abs(n.would - n.was) DESC, p.id LIMIT ${MAX_INVITERS})),
        'changes', (SELECT json_group_array(json_array(id, now_via, then_via, inviter_id, then_inviter))
          FROM (SELECT * FROM decided d WHERE d.then_via <> d.now_via ${beyond} ORDER BY ${order} LIMIT ${limit + 1})))
      FROM c`,
    ),
  ]);
  const [found] = jsonRows<Stored>(rows);
  if (found === undefined) return undefined;
  const person = (of: number | null): Id | null => (of === null ? null : formatId("participant", of));
  return {
    ...found,
    truncated: found.truncated === 1,
    byInviter: found.byInviter.map(({ id: of, displayName, ...counts }) => ({
      participant: { id: formatId("participant", of), displayName },
      ...counts,
    })),
    changes: found.changes.map(([participant, now, then, inviterNow, inviterReplayed]) => ({
      participantId: formatId("participant", participant),
      inviteNow: formatId("invite", now),
      inviteReplayed: formatId("invite", then),
      inviterNow: person(inviterNow),
      inviterReplayed: person(inviterReplayed),
    })),
  };
}
