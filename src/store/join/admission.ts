import { type SQL, sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../../domain/allocation.ts";
import type { StoredTouch } from "../../domain/attribution.ts";
import type { Spend } from "../../domain/criteria/types.ts";
import type { Id } from "../../domain/id.ts";
import type { Attributes } from "../../domain/join.ts";
import type { JoinCredit } from "./credit.ts";
import { type Kept, keptOf } from "./kept.ts";
import { type BoundSpends, boundSpends } from "./spends.ts";
import { INVITE_USES, type Prospect, type StoredEvaluation, type Terms } from "./terms.ts";

/** What a join that passed the gate writes. */
export type Admission = Prospect & {
  evaluation: StoredEvaluation;
  spends: readonly Spend[];
  credit: JoinCredit;
  displayName: string;
  attributes: Attributes | null;
  strategy: Strategy;
  seat: NewSeat;
  /** Whether the gate is one that may have kept them pending before. */
  applies: boolean;
  /** Whether that version of the gate has leaves that are judged again once somebody is in. */
  rechecks: boolean;
  /** The application on whose behalf they come. */
  application: Id | null;
  /** Whether a prospect without a seat waits for one; else they are counted as lost. */
  mayWait: boolean;
  /** The code of the new participant's own invite. */
  code: string;
  actor: string;
  newId: () => number;
};

/** An admission as its statements bind it. */
export type Bound = Kept & {
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
  application: Id | null;
} & BoundSpends;

/** An admission with a candidate for the ids of all its new rows. */
export const bind = (a: Admission): Bound => ({
  ...keptOf(a, a.evaluation, a.newId()),
  displayName: a.displayName,
  attributes: a.attributes,
  seatState: a.seat.state,
  seatUntil: a.seat.until,
  seatConfirmedAt: a.seat.confirmedAt,
  seatSource: a.seat.source,
  creditedInvite: a.credit.inviteId,
  holder: a.credit.holderId,
  allowKnown: a.credit.allowKnown ? 1 : 0,
  touches: a.credit.touches,
  code: a.code,
  actor: a.actor,
  application: a.application,
  ...boundSpends(a.spends),
});

/** Campaign `c`, invite `i` and their ticket admit a prospect. */
export const admits = (t: Terms, gateVersion: SQL): SQL =>
  sql`c.id = ${t.campaign} AND c.workspace_id = ${t.workspace} AND c.status = 'published'
    AND (c.starts_at IS NULL OR c.starts_at <= ${t.now}) AND (c.ends_at IS NULL OR c.ends_at > ${t.now})
    AND c.gate_version = ${gateVersion}
    AND i.revoked_at IS NULL AND (i.starts_at IS NULL OR i.starts_at <= ${t.now})
    AND (i.expires_at IS NULL OR i.expires_at > ${t.now}) AND (i.max_uses IS NULL OR ${INVITE_USES} < i.max_uses)
    AND NOT ${t.ticketTaken("participants")} AND NOT ${t.ticketTaken("waitlist")}`;
