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
  /** The join that was looked at last, and whether there are older ones. */
  oldest: Id | null;
  truncated: boolean;
  changed: number;
  byChannel: { channel: string | null; medium: string | null; now: number; replayed: number }[];
  byInviter: { participant: { id: Id; displayName: string }; now: number; replayed: number }[];
  changes: Change[];
};

/** What to replay: by the campaign's own rules, where no others are asked for; joins `before` somebody's. */
export type ReplayAsk = { model: Model | null; windowDays: number | null; before: Id | null };

type Stored = Omit<Replay, "oldest" | "truncated" | "byInviter" | "changes"> & {
  oldest: number | null;
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
const rulesOf = (tenant: Tenant, id: Id, { model, windowDays }: ReplayAsk): SQL => {
  const bound = tenant.campaignId === null || tenant.campaignId === id;
  return sql`SELECT c.id, c.rule_version, coalesce(c.starts_at, c.published_at, c.created_at) AS began,
      coalesce(${model}, json_extract(c.settings, '$.attribution.model')) AS model,
      coalesce(CAST(${windowDays} AS INTEGER), json_extract(c.settings, '$.attribution.windowDays')) AS days,
      coalesce(json_extract(c.settings, '$.attribution.allowKnown'), 0) AS allow_known
    FROM campaigns c WHERE c.id = ${parseId("campaign", id)}
      AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)} AND ${bound ? 1 : 0}`;
};

/** Of whoever waited, it was decided when they began to wait. */
const decidedAt = sql`coalesce(w.created_at, p.joined_at)`;

/**
 * The rule of domain/attribution.ts: touches stand in their order, each `[invite, at, typed]`. The place of
 * the wanted one is the largest, or the smallest as the largest of the negative ones.
 */
const picked = sql`coalesce(json_extract(p.touches, '$[' || (SELECT abs(coalesce(
    max(iif(t.value->>2 = 1, t.key, NULL)),
    max(iif(t.value->>1 >= ${decidedAt} - c.days * 86400000, iif(c.model = 'first_touch', -t.key, t.key), NULL))))
  FROM json_each(p.touches) t) || '][0]'), p.invited_via)`;

/** The newest joins of several arrivals, and the invite that the rules would pick. */
const replayed = (campaign: SQL, older: SQL, most: number): SQL => sql`SELECT p.id, p.inviter_id, p.moved_at,
    coalesce(p.credited_via, p.invited_via) AS now_via, ${picked} AS then_via, ${decidedAt} AS decided_at,
    m.created_at AS known_since
  FROM participants p INDEXED BY participants_touched CROSS JOIN c JOIN members m ON m.id = p.member_id
    LEFT JOIN waitlist w ON w.campaign_id = p.campaign_id AND w.member_id = p.member_id AND abs(w.attempt) = p.attempt
  WHERE p.campaign_id = ${campaign} AND p.touches IS NOT NULL ${older} ORDER BY p.id DESC LIMIT ${most}`;

/**
 * Who would be the inviter. Whom an operator moved stays where they are. The same owner is refused as
 * before; for another one, the refusals are those that the record can tell.
 */
const decided = sql`SELECT r.*, CASE
      WHEN r.moved_at IS NOT NULL OR r.then_via = r.now_via OR k.participant_id IS n.participant_id THEN r.inviter_id
      WHEN NOT c.allow_known AND r.known_since < min(c.began, r.decided_at) THEN NULL
      WHEN (SELECT l.kind FROM ledger l WHERE l.participant_id = k.participant_id
        AND l.kind IN ('voided', 'restored', 'removed', 'released') AND l.at <= r.decided_at
        ORDER BY l.at DESC, l.id DESC LIMIT 1) IN ('removed', 'released') THEN NULL
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
  ask: ReplayAsk,
  { limit, position }: PageAsk,
  most: number,
): Promise<Replay | undefined> {
  const older = ask.before === null ? sql`` : sql`AND p.id < ${parseId("participant", ask.before)}`;
  const back = position?.direction === "before";
  const key = position === null ? null : parseId("participant", position.key);
  const beyond = key === null ? sql`` : back ? sql`AND d.id > ${key}` : sql`AND d.id < ${key}`;
  const order = back ? sql`d.id` : sql`d.id DESC`;
  const [rows] = await db.readAside([
    jsonQuery(
      db,
      sql`WITH c AS MATERIALIZED (${rulesOf(tenant, id, ask)}), replayed AS MATERIALIZED (${replayed(sql`${parseId("campaign", id)}`, older, most)}), decided AS MATERIALIZED (${decided})
      SELECT json_object('model', c.model, 'windowDays', c.days, 'ruleVersion', c.rule_version,
        'participants', (SELECT count(*) FROM participants p WHERE p.campaign_id = c.id),
        'joins', (SELECT count(*) FROM replayed), 'oldest', (SELECT min(id) FROM replayed),
        'truncated', EXISTS (SELECT 1 FROM participants p INDEXED BY participants_touched
          WHERE p.campaign_id = c.id AND p.touches IS NOT NULL ${older} ORDER BY p.id DESC LIMIT 1 OFFSET ${most}),
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
    oldest: person(found.oldest),
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
