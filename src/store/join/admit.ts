import { type SQL, sql } from "drizzle-orm";
import type { Strategy } from "../../domain/allocation.ts";
import { type Db, freshId } from "../db.ts";
import { perShape, prepared, type Slot } from "../prepared.ts";
import { invites } from "../schema/campaigns.ts";
import { applications } from "../schema/gate.ts";
import { participants, waitlist } from "../schema/people.ts";
import { lostDemand } from "../schema/outbox.ts";
import { togetherWith } from "./admit-many.ts";
import { type Admission, bind, type Bound } from "./admission.ts";
import { admissible, comingIn, isFresh } from "./coming-in.ts";
import { readStanding, selectStanding, type Standing } from "./standing.ts";
import { endApplication, keepEvaluation } from "./kept.ts";
import { shapeOf, spending } from "./spends.ts";
import { type Terms, terms } from "./terms.ts";

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
  (
    strategy: Strategy,
    mayWait: boolean,
    reserves: boolean,
    rechecks: boolean,
    applies: boolean,
    spends: string,
  ) =>
    prepared<Bound>((slot) => {
      const t = terms(slot);
      const { guards, effects } = spending(slot, t, spends);
      const isNewlyWaiting = sql`EXISTS (SELECT 1 FROM waitlist w WHERE w.campaign_id = ${t.campaign}
      AND w.member_id = ${t.member} AND w.attempt = ${t.attempt})`;
      const isIn = sql`(${isFresh(t)} OR ${isNewlyWaiting})`;
      return [
        ...comingIn(slot, t, guards, { strategy, reserves, rechecks }),
        keepWaiting(t, slot, mayWait, admissible(t, slot("gateVersion"), guards)),
        keepEvaluation(t, slot, isIn),
        ...effects(isIn),
        ...(applies ? [endApplication(t, slot("application", applications.id), "admitted", isIn)] : []),
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
  const { strategy, mayWait, seat, rechecks, applies } = a;
  const alone = () =>
    admission(strategy, mayWait, seat.until !== null, rechecks, applies, shapeOf(a.spends))(bound);
  const together = togetherWith(a, bound);
  return readStanding(
    await (together === null ? db.run("write", alone()) : db.merge({ ...together, alone })),
  );
}
