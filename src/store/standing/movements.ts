import { type SQL, sql } from "drizzle-orm";
import type { EventKind } from "../../domain/event.ts";
import type { Id } from "../../domain/id.ts";
import { type Db, freshId } from "../db.ts";
import { outbox } from "../schema/outbox.ts";
import { toBeChecked } from "../checks/arm.ts";
import { giveSeatBack, type Seating, takeSeat } from "../seats.ts";
import type { Tenant } from "../tenant.ts";
import { derivedState, deriveState } from "./state.ts";
import { isOut, keepEntry, notBefore, ownParticipant } from "./terms.ts";

/** That somebody left or came back: who says so, by which event, and when it was; `at` null: just now. */
export type Movement = { actor: string; at: number | null; eventId: string | null; now: number };

/** Where new ids come from: see `Ports.newId`. */
type NewId = () => number;

type Kind = "left" | "returned";
const COUNTER = { left: ["joined", "returned"], returned: ["left"] } as const;

/**
 * By what a movement is told once: its event's id, or its time, for then it may be older than what is known, and what
 * came before it may come later. One of now is kept only if it changes something: then it needs no name.
 */
const nameOf = ({ at, eventId }: Movement): string | null =>
  eventId ?? (at === null ? null : `at ${new Date(at).toISOString()}`);

/** What has a name is always kept; what has none, if it changes something, and not of who was removed. */
function isNews(kind: Kind, movement: Movement): SQL {
  if (nameOf(movement) !== null) return sql`true`;
  return kind === "left" ? sql`p.left_at IS NULL` : sql`p.left_at IS NOT NULL AND NOT ${isOut("p.standing")}`;
}

/**
 * When it was. What has no time of its own comes after all that is known; a return, after the leave. So does one
 * without an id that is told of the very instant of a leave.
 */
function instantOf(kind: Kind, { at, eventId, now }: Movement): SQL {
  if (at === null) return notBefore(COUNTER[kind], now, kind === "returned" ? 1 : 0);
  if (eventId !== null || kind === "left") return sql`${at}`;
  return sql`${at} + EXISTS (SELECT 1 FROM ledger l WHERE l.participant_id = p.id AND l.kind = 'left' AND l.at = ${at})`;
}

/** Tells the world that participant `which` is to be out, or in again, before their state says so. */
const tell = (db: Db, kind: Kind, which: SQL, now: number, eventId: number) => {
  const event: EventKind = `participant.${kind}`;
  const turns =
    kind === "left"
      ? sql`p.left_at IS NULL AND d.left_at IS NOT NULL`
      : sql`p.left_at IS NOT NULL AND d.left_at IS NULL`;
  return db.q.run(sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
    SELECT ${freshId(outbox, eventId)}, p.workspace_id, p.campaign_id, ${event}, p.id, '{}',
      ${event} || ':' || (SELECT max(l.id) FROM ledger l WHERE l.participant_id = p.id), ${now}
    FROM participants p WHERE ${which} AND NOT ${isOut("p.standing")}
      AND EXISTS (SELECT 1 FROM (${derivedState(now)}) d WHERE ${turns})
    ON CONFLICT (campaign_id, key) DO NOTHING`);
};

/** The statements that keep a movement of participant `which` and what follows from it, but for the seat. */
const keepMovement = (db: Db, kind: Kind, which: SQL, movement: Movement, newId: NewId) => {
  const { actor, now } = movement;
  const at = instantOf(kind, movement);
  const stay = sql`json_extract(c.settings, '$.referral.qualifyAfterMinutes') * 60000`;
  return [
    keepEntry(
      db,
      kind,
      sql`${which} AND ${isNews(kind, movement)}`,
      { actor, cause: null, entryId: newId(), at: now, eventId: nameOf(movement) },
      {
        at,
        ...(kind === "returned" ? { qualifiesAt: sql`${at} + ${stay}` } : {}),
      },
    ),
    tell(db, kind, which, now, newId()),
    ...deriveState(db, which, now, newId()),
  ] as const;
};

/** Keeps that a participant left; whoever is out has no seat. One batch. */
export async function leave(db: Db, tenant: Tenant, id: Id, movement: Movement, newId: NewId): Promise<void> {
  const which = ownParticipant(tenant, id);
  await db.write([
    ...keepMovement(db, "left", which, movement, newId),
    ...giveSeatBack(db, which),
    toBeChecked(db, which, movement.now),
  ]);
}

/** Keeps that a participant came back, and seats them where a group is open and nobody waits. One batch. */
export async function rejoin(
  db: Db,
  tenant: Tenant,
  id: Id,
  movement: Movement,
  seating: Seating,
  newId: NewId,
): Promise<void> {
  const which = ownParticipant(tenant, id);
  await db.write([
    ...keepMovement(db, "returned", which, movement, newId),
    ...takeSeat(db, which, seating, newId()),
    toBeChecked(db, which, movement.now),
  ]);
}
