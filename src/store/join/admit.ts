import { type SQL, sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../../domain/allocation.ts";
import { type Id, parseId } from "../../domain/id.ts";
import type { Attributes } from "../../domain/join.ts";
import { type Db, freshId } from "../db.ts";
import { evaluations, members, participants, waitlist } from "../schema/people.ts";
import { lostDemand } from "../schema/outbox.ts";
import { lapseSeats } from "../seats.ts";
import { nextGroup, NOBODY_WAITS, SEAT_COLUMNS } from "../seating.ts";
import type { JoinCredit } from "./credit.ts";
import { joinEffects } from "./effects.ts";
import { readStanding, selectStanding, type Standing } from "./standing.ts";
import { INVITE_USES, type Prospect, type StoredEvaluation, type Terms, terms } from "./terms.ts";

/** What a join that passed the gate writes. */
export type Admission = Prospect & {
  evaluation: StoredEvaluation;
  spends: Id[];
  credit: JoinCredit;
  displayName: string;
  attributes: Attributes | null;
  strategy: Strategy;
  seat: NewSeat;
  /** Whether a prospect without a seat waits for one; else they are counted as lost. */
  mayWait: boolean;
  /** The code of the new participant's own invite. */
  code: string;
  actor: string;
  newId: () => number;
};

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
      AND (i.expires_at IS NULL OR i.expires_at > ${t.now}) AND (i.max_uses IS NULL OR ${INVITE_USES} < i.max_uses)
      AND NOT ${t.ticketTaken("participants")} AND NOT ${t.ticketTaken("waitlist")}
      ${sql.join(codes, sql` `)}`;
}

/** Keeps a gate's result: the last one of each version. `guard` says for whom. */
const keepEvaluation = (db: Db, t: Terms, a: Prospect, id: number, e: StoredEvaluation, guard: SQL) =>
  db.q.run(sql`INSERT INTO evaluations
      (id, workspace_id, campaign_id, identity_hash, gate_version, result, leaves, created_at, updated_at)
    SELECT ${freshId(evaluations, id)}, ${t.workspace}, ${t.campaign}, ${a.identityHash}, ${e.gateVersion},
      ${e.result}, ${JSON.stringify(e.leaves)}, ${t.now}, ${t.now} WHERE ${guard}
    ON CONFLICT (campaign_id, identity_hash, gate_version) DO UPDATE
      SET result = excluded.result, leaves = excluded.leaves, tries = tries + 1, updated_at = excluded.updated_at`);

/** Puts a prospect without a seat on the waitlist, or keeps that one was wanted. */
const keepWaiting = (db: Db, t: Terms, a: Admission, may: SQL) => {
  const outside = sql`NOT EXISTS (SELECT 1 FROM participants p WHERE ${t.person})`;
  return a.mayWait
    ? db.q.run(sql`INSERT INTO waitlist (id, workspace_id, campaign_id, member_id, invited_via, gate_version,
          display_name, attributes, attempt, ticket, created_at)
        SELECT ${freshId(waitlist, a.newId())}, c.workspace_id, c.id, ${t.member}, i.id, c.gate_version,
          ${a.displayName}, ${a.attributes && JSON.stringify(a.attributes)}, ${a.attempt}, ${a.ticket}, ${t.now}
        ${may} AND ${outside} ON CONFLICT (campaign_id, member_id) DO NOTHING`)
    : db.q.run(sql`INSERT INTO lost_demand (id, workspace_id, campaign_id, identity_hash, invite_id, at)
        SELECT ${freshId(lostDemand, a.newId())}, c.workspace_id, c.id, ${a.identityHash}, i.id, ${t.now}
        ${may} AND ${outside} ON CONFLICT (campaign_id, identity_hash) DO NOTHING`);
};

/**
 * Lets a prospect in, or puts them on the waitlist: one atomic batch, one round trip. Each statement
 * repeats the guard of the first, so a batch that is not admitted changes nothing. Never throws on a
 * race: the standing that it returns says what happened. Nobody overtakes the people who wait.
 */
export async function admit(db: Db, a: Admission): Promise<Standing> {
  const t = terms(a);
  const may = admissible(t, a);
  const { seat } = a;
  const isFresh = sql`EXISTS (SELECT 1 FROM participants p WHERE ${t.fresh})`;
  const isNewlyWaiting = sql`EXISTS (SELECT 1 FROM waitlist w WHERE w.campaign_id = ${t.campaign}
    AND w.member_id = ${t.member} AND w.attempt = ${a.attempt})`;
  const results = await db.write([
    db.q
      .run(sql`INSERT INTO members (id, workspace_id, community_id, identity_hash, identity_type, created_at)
      SELECT ${freshId(members, a.newId())}, c.workspace_id, c.community_id, ${a.identityHash}, ${a.identityType}, ${t.now}
      ${may} ON CONFLICT (community_id, identity_hash) DO NOTHING`),
    // Reservations that ran out hold nobody's seat, even before the job has come by.
    ...(seat.until === null ? [] : lapseSeats(db, t.community, a.now, a.newId())),
    db.q
      .run(sql`INSERT INTO participants (id, workspace_id, campaign_id, member_id, parent_id, depth, invited_via,
        ${SEAT_COLUMNS}, gate_version, display_name, attributes, attempt, ticket, joined_at)
      SELECT ${freshId(participants, a.newId())}, c.workspace_id, c.id, ${t.member}, i.participant_id,
        coalesce((SELECT p.depth + 1 FROM participants p WHERE p.id = i.participant_id), 0), i.id,
        ${nextGroup(a.strategy, a.now)} AS seat, ${seat.state}, ${seat.until}, ${seat.confirmedAt}, ${seat.source},
        c.gate_version, ${a.displayName}, ${a.attributes && JSON.stringify(a.attributes)}, ${a.attempt}, ${a.ticket}, ${t.now}
      ${may} AND seat IS NOT NULL AND ${NOBODY_WAITS}
      ON CONFLICT (campaign_id, member_id) DO NOTHING`),
    ...joinEffects(db, { fresh: t.fresh, codes: [a.code], actor: a.actor, newId: a.newId }),
    keepWaiting(db, t, a, may),
    keepEvaluation(db, t, a, a.newId(), a.evaluation, sql`${isFresh} OR ${isNewlyWaiting}`),
    ...a.spends.map((id) =>
      db.q.run(sql`UPDATE access_codes SET uses = uses + 1
        WHERE id = ${parseId("accessCode", id)} AND (${isFresh} OR ${isNewlyWaiting})`),
    ),
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
