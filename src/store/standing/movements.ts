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
 * What is told without an event's id is kept only if it changes something, and is not older than what is
 * known; somebody who was removed does not come back by it. With an id it is always kept.
 */
function isNews(kind: Kind, { at, eventId }: Movement): SQL {
  if (eventId !== null) return sql`true`;
  const turns =
    kind === "left" ? sql`p.left_at IS NULL` : sql`p.left_at IS NOT NULL AND NOT ${isOut("p.standing")}`;
  if (at === null) return turns;
  return sql`${turns} AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.participant_id = p.id AND l.at > ${at}
    AND l.kind IN (SELECT value FROM json_each(${JSON.stringify(COUNTER[kind])})))`;
}

/** When it was. What has no time of its own comes after all that is known; a return, after the leave. */
function instantOf(kind: Kind, { at, eventId, now }: Movement): SQL {
  if (eventId !== null && at !== null) return sql`${at}`;
  return notBefore(COUNTER[kind], at ?? now, kind === "returned" ? 1 : 0);
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
  const { actor, eventId, now } = movement;
  const at = instantOf(kind, movement);
  const stay = sql`json_extract(c.settings, '$.referral.qualifyAfterMinutes') * 60000`;
  return [
    keepEntry(
      db,
      kind,
      sql`${which} AND ${isNews(kind, movement)}`,
      { actor, cause: null, entryId: newId(), at: now, eventId },
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
