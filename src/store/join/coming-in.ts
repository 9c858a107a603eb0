import { type SQL, sql } from "drizzle-orm";
import type { Strategy } from "../../domain/allocation.ts";
import { freshId } from "../db.ts";
import { perShape, prepared, type Slot } from "../prepared.ts";
import { invites } from "../schema/campaigns.ts";
import { members, participants } from "../schema/people.ts";
import { lapsing } from "../seats.ts";
import { nextGroup, NOBODY_WAITS, SEAT_COLUMNS } from "../seating.ts";
import { admits, type Bound } from "./admission.ts";
import { crediting, QUALIFYING } from "./credit.ts";
import { joinEffects } from "./effects.ts";
import { keepEvaluation } from "./kept.ts";
import { freshStandings } from "./standing.ts";
import { type Terms, terms } from "./terms.ts";

/** `FROM … WHERE` that yields one row while campaign, invite, ticket and codes admit this prospect. */
export const admissible = (t: Terms, gateVersion: SQL, spendable: SQL, joins = sql``): SQL =>
  sql`FROM campaigns c JOIN invites i ON i.id = ${t.invite} AND i.campaign_id = c.id ${joins}
    WHERE ${admits(t, gateVersion)} ${spendable}`;

/** Whether the batch let its prospect in. */
export const isFresh = (t: Terms): SQL => sql`EXISTS (SELECT 1 FROM participants p WHERE ${t.fresh})`;

/** What a batch that lets somebody in depends on, beside what it binds. */
export type Shape = { strategy: Strategy; reserves: boolean; rechecks: boolean };

/** The statements that let one prospect in, with all that it brings about, where a seat is free and nobody waits. */
export function comingIn(slot: Slot<Bound>, t: Terms, spendable: SQL, shape: Shape): SQL[] {
  const [id, gateVersion] = [slot("id"), slot("gateVersion")];
  const credit = crediting({
    invite: slot("creditedInvite", invites.id),
    holder: slot("holder", participants.id),
    allowKnown: slot("allowKnown"),
    now: t.now,
  });
  const mayCome = admissible(
    t,
    gateVersion,
    spendable,
    sql`JOIN members m ON m.community_id = c.community_id AND m.identity_hash = ${t.identityHash}
        JOIN groups s ON s.id = ${nextGroup(shape.strategy, t.now)} ${credit.from}`,
  );
  return [
    sql`INSERT INTO members (id, workspace_id, community_id, identity_hash, identity_type, created_at)
      SELECT ${freshId(members, id)}, c.workspace_id, c.community_id, ${t.identityHash}, ${t.identityType}, ${t.now}
      ${admissible(t, gateVersion, spendable)} ON CONFLICT (community_id, identity_hash) DO NOTHING`,
    // Reservations that ran out hold nobody's seat, even before the job has come by.
    ...(shape.reserves ? lapsing(t.community, t.now, id) : []),
    sql`INSERT INTO participants (id, workspace_id, campaign_id, member_id, ${credit.columns}, touches,
        ${SEAT_COLUMNS}, gate_version, display_name, attributes, attempt, ticket, ${QUALIFYING.columns})
      SELECT ${freshId(participants, id)}, c.workspace_id, c.id, m.id, ${credit.values}, ${slot("touches", participants.touches)},
        s.id, ${slot("seatState")}, ${slot("seatUntil")}, ${slot("seatConfirmedAt")}, ${slot("seatSource")},
        c.gate_version, ${slot("displayName")}, ${slot("attributes", participants.attributes)}, ${t.attempt}, ${t.ticket},
        ${QUALIFYING.values(t.now)}
      ${mayCome} AND ${NOBODY_WAITS} ON CONFLICT (campaign_id, member_id) DO NOTHING`,
    ...joinEffects({
      fresh: t.fresh,
      code: { one: slot("code") },
      actor: slot("actor"),
      id,
      rechecks: shape.rechecks,
    }),
  ];
}

/**
 * The batch of somebody who is let in, or else changes nothing but that they are known: who waits, or was in
 * already, takes the whole batch of `admit` behind it.
 */
export const plainAdmission = perShape((strategy: Strategy, reserves: boolean, rechecks: boolean) =>
  prepared<Bound>((slot) => {
    const t = terms(slot);
    return [
      ...comingIn(slot, t, sql``, { strategy, reserves, rechecks }),
      keepEvaluation(t, slot, isFresh(t)),
      freshStandings(t.fresh, t.now),
    ];
  }),
);
