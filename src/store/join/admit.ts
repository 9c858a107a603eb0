import { type SQL, sql } from "drizzle-orm";
import type { Strategy } from "../../domain/allocation.ts";
import { type Db, freshId } from "../db.ts";
import { perShape, prepared, type Slot } from "../prepared.ts";
import { invites } from "../schema/campaigns.ts";
import { applications } from "../schema/gate.ts";
import { members, participants, waitlist } from "../schema/people.ts";
import { lostDemand } from "../schema/outbox.ts";
import { lapsing } from "../seats.ts";
import { nextGroup, NOBODY_WAITS, SEAT_COLUMNS } from "../seating.ts";
import { togetherWith } from "./admit-many.ts";
import { type Admission, admits, bind, type Bound } from "./admission.ts";
import { crediting, QUALIFYING } from "./credit.ts";
import { joinEffects } from "./effects.ts";
import { readStanding, selectStanding, type Standing } from "./standing.ts";
import { endApplication, keepEvaluation } from "./kept.ts";
import { shapeOf, spending } from "./spends.ts";
import { type Terms, terms } from "./terms.ts";

/** `FROM … WHERE` that yields one row while campaign, invite, ticket and codes admit this prospect. */
const admissible = (t: Terms, gateVersion: SQL, spendable: SQL, joins = sql``): SQL =>
  sql`FROM campaigns c JOIN invites i ON i.id = ${t.invite} AND i.campaign_id = c.id ${joins}
    WHERE ${admits(t, gateVersion)} ${spendable}`;

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
const admission = perShape(
  (strategy: Strategy, mayWait: boolean, reserves: boolean, applies: boolean, spends: string) =>
    prepared<Bound>((slot) => {
      const t = terms(slot);
      const { guards, effects } = spending(slot, t, spends);
      const id = slot("id");
      const gateVersion = slot("gateVersion");
      const credit = crediting({
        invite: slot("creditedInvite", invites.id),
        holder: slot("holder", participants.id),
        allowKnown: slot("allowKnown"),
        now: t.now,
      });
      const may = admissible(t, gateVersion, guards);
      const mayCome = admissible(
        t,
        gateVersion,
        guards,
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
        ...effects(sql`(${isFresh} OR ${isNewlyWaiting})`),
        ...(applies
          ? [
              endApplication(
                t,
                slot("application", applications.id),
                "admitted",
                sql`(${isFresh} OR ${isNewlyWaiting})`,
              ),
            ]
          : []),
        selectStanding(t),
      ];
    }),
);

/**
 * Lets a prospect in, or puts them on the waitlist: one atomic batch, one round trip. Each statement
 * repeats the guard of the first, so a batch that is not admitted changes nothing. Never throws on a
 * race: the standing that it returns says what happened. Nobody overtakes the people who wait.
 */
export async function admit(db: Db, a: Admission): Promise<Standing> {
  const bound = bind(a);
  const alone = () =>
    admission(a.strategy, a.mayWait, a.seat.until !== null, a.applies, shapeOf(a.spends))(bound);
  const together = togetherWith(a, bound);
  return readStanding(
    await (together === null ? db.run("write", alone()) : db.merge({ ...together, alone })),
  );
}
