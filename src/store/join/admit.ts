import { type SQL, sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../../domain/allocation.ts";
import type { StoredTouch } from "../../domain/attribution.ts";
import type { LeafResult } from "../../domain/criteria/types.ts";
import type { Id } from "../../domain/id.ts";
import type { Attributes } from "../../domain/join.ts";
import { type Db, freshId } from "../db.ts";
import { perShape, prepared, type Slot } from "../prepared.ts";
import { accessCodes, invites } from "../schema/campaigns.ts";
import { evaluations, members, participants, waitlist } from "../schema/people.ts";
import { lostDemand } from "../schema/outbox.ts";
import { lapsing } from "../seats.ts";
import { nextGroup, NOBODY_WAITS, SEAT_COLUMNS } from "../seating.ts";
import { crediting, type JoinCredit, QUALIFYING } from "./credit.ts";
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

/** An evaluation as its statement binds it, with a candidate for the ids of all new rows. */
type Kept = Prospect & { id: number; gateVersion: number; result: LeafResult; leaves: string };

/** An admission as its statements bind it. */
type Bound = Kept & {
  displayName: string;
  attributes: Attributes | null;
  seatState: NewSeat["state"];
  seatUntil: number | null;
  seatConfirmedAt: number | null;
  seatSource: NewSeat["source"];
  creditedInvite: Id | null;
  holder: Id | null;
  allowKnown: number;
  touches: StoredTouch[] | null;
  code: string;
  actor: string;
} & Record<`spent${number}`, Id>;

/** `FROM … WHERE` that yields one row while campaign, invite, ticket and codes admit this prospect. */
function admissible(t: Terms, gateVersion: SQL, codes: readonly SQL[], joins = sql``): SQL {
  const spendable = codes.map(
    (id) => sql`AND EXISTS (SELECT 1 FROM access_codes a WHERE a.id = ${id}
      AND a.campaign_id = c.id AND a.revoked_at IS NULL AND a.uses < a.max_uses
      AND (a.expires_at IS NULL OR a.expires_at > ${t.now}))`,
  );
  return sql`FROM campaigns c JOIN invites i ON i.id = ${t.invite} AND i.campaign_id = c.id ${joins}
    WHERE c.id = ${t.campaign} AND c.workspace_id = ${t.workspace} AND c.status = 'published'
      AND (c.starts_at IS NULL OR c.starts_at <= ${t.now}) AND (c.ends_at IS NULL OR c.ends_at > ${t.now})
      AND c.gate_version = ${gateVersion}
      AND i.revoked_at IS NULL AND (i.starts_at IS NULL OR i.starts_at <= ${t.now})
      AND (i.expires_at IS NULL OR i.expires_at > ${t.now}) AND (i.max_uses IS NULL OR ${INVITE_USES} < i.max_uses)
      AND NOT ${t.ticketTaken("participants")} AND NOT ${t.ticketTaken("waitlist")}
      ${sql.join(spendable, sql` `)}`;
}

/** Keeps a gate's result: the last one of each version. `guard` says for whom. */
const keepEvaluation = (t: Terms, slot: Slot<Kept>, guard: SQL) =>
  sql`INSERT INTO evaluations
      (id, workspace_id, campaign_id, identity_hash, gate_version, result, leaves, created_at, updated_at)
    SELECT ${freshId(evaluations, slot("id"))}, ${t.workspace}, ${t.campaign}, ${t.identityHash}, ${slot("gateVersion")},
      ${slot("result")}, ${slot("leaves")}, ${t.now}, ${t.now} WHERE ${guard}
    ON CONFLICT (campaign_id, identity_hash, gate_version) DO UPDATE
      SET result = excluded.result, leaves = excluded.leaves, tries = tries + 1, updated_at = excluded.updated_at`;

/** Puts a prospect without a seat on the waitlist, or keeps that one was wanted. */
const keepWaiting = (t: Terms, slot: Slot<Bound>, mayWait: boolean, may: SQL) => {
  const outside = sql`NOT EXISTS (SELECT 1 FROM participants p WHERE ${t.person})`;
  return mayWait
    ? sql`INSERT INTO waitlist (id, workspace_id, campaign_id, member_id, invited_via, credited_via, holder_id, touches,
          gate_version, display_name, attributes, attempt, ticket, created_at)
        SELECT ${freshId(waitlist, slot("id"))}, c.workspace_id, c.id, ${t.member}, i.id, ${slot("creditedInvite", invites.id)},
          ${slot("holder", participants.id)}, ${slot("touches", participants.touches)}, c.gate_version,
          ${slot("displayName")}, ${slot("attributes", participants.attributes)}, ${t.attempt}, ${t.ticket}, ${t.now}
        ${may} AND ${outside} ON CONFLICT (campaign_id, member_id) DO NOTHING`
    : sql`INSERT INTO lost_demand (id, workspace_id, campaign_id, identity_hash, invite_id, at)
        SELECT ${freshId(lostDemand, slot("id"))}, c.workspace_id, c.id, ${t.identityHash}, i.id, ${t.now}
        ${may} AND ${outside} ON CONFLICT (campaign_id, identity_hash) DO NOTHING`;
};

/** The batch of an admission, built once for each shape that it can have. */
const admission = perShape((strategy: Strategy, mayWait: boolean, reserves: boolean, spends: number) =>
  prepared<Bound>((slot) => {
    const t = terms(slot);
    const codes = Array.from({ length: spends }, (_, n) => slot(`spent${n}`, accessCodes.id));
    const id = slot("id");
    const gateVersion = slot("gateVersion");
    const credit = crediting({
      invite: slot("creditedInvite", invites.id),
      holder: slot("holder", participants.id),
      allowKnown: slot("allowKnown"),
      now: t.now,
    });
    const may = admissible(t, gateVersion, codes);
    const mayCome = admissible(
      t,
      gateVersion,
      codes,
      sql`JOIN members m ON m.community_id = c.community_id AND m.identity_hash = ${t.identityHash}
        JOIN groups s ON s.id = ${nextGroup(strategy, t.now)} ${credit.from}`,
    );
    const isFresh = sql`EXISTS (SELECT 1 FROM participants p WHERE ${t.fresh})`;
    const isNewlyWaiting = sql`EXISTS (SELECT 1 FROM waitlist w WHERE w.campaign_id = ${t.campaign}
      AND w.member_id = ${t.member} AND w.attempt = ${t.attempt})`;
    return [
      sql`INSERT INTO members (id, workspace_id, community_id, identity_hash, identity_type, created_at)
        SELECT ${freshId(members, id)}, c.workspace_id, c.community_id, ${t.identityHash}, ${t.identityType}, ${t.now}
        ${may} ON CONFLICT (community_id, identity_hash) DO NOTHING`,
      // Reservations that ran out hold nobody's seat, even before the job has come by.
      ...(reserves ? lapsing(t.community, t.now, id) : []),
      sql`INSERT INTO participants (id, workspace_id, campaign_id, member_id, ${credit.columns}, touches,
          ${SEAT_COLUMNS}, gate_version, display_name, attributes, attempt, ticket, ${QUALIFYING.columns})
        SELECT ${freshId(participants, id)}, c.workspace_id, c.id, m.id, ${credit.values}, ${slot("touches", participants.touches)},
          s.id, ${slot("seatState")}, ${slot("seatUntil")}, ${slot("seatConfirmedAt")}, ${slot("seatSource")},
          c.gate_version, ${slot("displayName")}, ${slot("attributes", participants.attributes)}, ${t.attempt}, ${t.ticket},
          ${QUALIFYING.values(t.now)}
        ${mayCome} AND ${NOBODY_WAITS} ON CONFLICT (campaign_id, member_id) DO NOTHING`,
      ...joinEffects({ fresh: t.fresh, code: { one: slot("code") }, actor: slot("actor"), id }),
      keepWaiting(t, slot, mayWait, may),
      keepEvaluation(t, slot, sql`${isFresh} OR ${isNewlyWaiting}`),
      ...codes.map(
        (code) =>
          sql`UPDATE access_codes SET uses = uses + 1 WHERE id = ${code} AND (${isFresh} OR ${isNewlyWaiting})`,
      ),
      selectStanding(t),
    ];
  }),
);

/** The result of a gate that did not let the prospect in. */
const refusal = prepared<Kept>((slot) => {
  const t = terms(slot);
  const outside = sql`NOT EXISTS (SELECT 1 FROM participants p WHERE ${t.person})`;
  return [keepEvaluation(t, slot, outside), selectStanding(t)];
});

const keptOf = (prospect: Prospect, { gateVersion, result, leaves }: StoredEvaluation, id: number): Kept => ({
  ...prospect,
  id,
  gateVersion,
  result,
  leaves: JSON.stringify(leaves),
});

/**
 * Lets a prospect in, or puts them on the waitlist: one atomic batch, one round trip. Each statement
 * repeats the guard of the first, so a batch that is not admitted changes nothing. Never throws on a
 * race: the standing that it returns says what happened. Nobody overtakes the people who wait.
 */
export async function admit(db: Db, a: Admission): Promise<Standing> {
  const { seat, credit, spends } = a;
  const statements = admission(a.strategy, a.mayWait, seat.until !== null, spends.length);
  const bound: Bound = {
    ...keptOf(a, a.evaluation, a.newId()),
    displayName: a.displayName,
    attributes: a.attributes,
    seatState: seat.state,
    seatUntil: seat.until,
    seatConfirmedAt: seat.confirmedAt,
    seatSource: seat.source,
    creditedInvite: credit.inviteId,
    holder: credit.holderId,
    allowKnown: credit.allowKnown ? 1 : 0,
    touches: credit.touches,
    code: a.code,
    actor: a.actor,
    ...Object.fromEntries(spends.map((id, n) => [`spent${n}`, id])),
  };
  return readStanding(await db.run("write", statements(bound)));
}

/** Keeps the result of a gate that did not let the prospect in. One batch; nothing else changes. */
export async function refuse(
  db: Db,
  prospect: Prospect,
  evaluation: StoredEvaluation,
  evaluationId: number,
): Promise<Standing> {
  return readStanding(await db.run("write", refusal(keptOf(prospect, evaluation, evaluationId))));
}
