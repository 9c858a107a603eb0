import { sql } from "drizzle-orm";
import { formatId, type Id, parseId } from "../../domain/id.ts";
import type { PageAsk } from "../../domain/page.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import type { Participant } from "../participants.ts";
import { ownParticipant } from "../standing/terms.ts";
import type { Tenant } from "../tenant.ts";
import { type Head, headOf, peopleAlong, readHead } from "./walk.ts";

/** A stretch of the way between two people. `place` counts from 0, where the first of them stands. */
export type PathRead = Head & {
  /** Whether the other end is a participant of the same campaign. */
  known: boolean;
  rows: { participant: Participant; place: number }[];
  /** Null where there are no rows. */
  meeting: { id: Id; up: number; down: number } | null;
};

/**
 * The way from a participant up to the nearest who stands above both, and down to `to`; to their root where
 * `to` is null. Costs how deep the two stand. One more than asked. One read; undefined: no such participant.
 */
export async function readPath(
  db: Db,
  tenant: Tenant,
  id: Id,
  to: Id | null,
  { limit, position }: PageAsk,
  now: number,
): Promise<PathRead | undefined> {
  const climb = (from: Id) => sql`SELECT q.id, q.inviter_id, 0 FROM participants q
      WHERE q.id = ${parseId("participant", from)} AND q.campaign_id = (SELECT campaign_id FROM own)`;
  const start = to === null ? sql`SELECT id, NULL, 0 FROM a WHERE inviter_id IS NULL` : climb(to);
  const beyond =
    position === null
      ? sql`true`
      : position.direction === "before"
        ? sql`place < ${Number(position.key)}`
        : sql`place > ${Number(position.key)}`;
  const walk = sql`WITH RECURSIVE
    own AS MATERIALIZED (SELECT p.campaign_id FROM participants p WHERE ${ownParticipant(tenant, id)}),
    a(id, inviter_id, n) AS MATERIALIZED (${climb(id)}
      UNION ALL SELECT q.id, q.inviter_id, a.n + 1 FROM a CROSS JOIN participants q ON q.id = a.inviter_id),
    b(id, inviter_id, n) AS MATERIALIZED (${start}
      UNION ALL SELECT q.id, q.inviter_id, b.n + 1 FROM b CROSS JOIN participants q ON q.id = b.inviter_id),
    near AS MATERIALIZED (SELECT a.id, a.n FROM a WHERE a.id IN (SELECT b.id FROM b) ORDER BY a.n LIMIT 1),
    meet(id, up, down) AS MATERIALIZED (SELECT near.id, near.n, b.n FROM near CROSS JOIN b ON b.id = near.id),
    line AS (SELECT a.n AS place, a.id FROM meet CROSS JOIN a ON a.n <= meet.up
      UNION ALL SELECT meet.up + meet.down - b.n, b.id FROM meet CROSS JOIN b ON b.n < meet.down)
    SELECT row_number() OVER () AS n, line.id, line.place, meet.id AS meeting, meet.up, meet.down
    FROM (SELECT place, id FROM line WHERE ${beyond}
      ORDER BY place ${sql.raw(position?.direction === "before" ? "DESC" : "")} LIMIT ${limit + 1}) line CROSS JOIN meet`;
  const [heads, knowns, found] = await db.readAside([
    headOf(db, tenant, id, now),
    jsonQuery(
      db,
      sql`SELECT json_array(EXISTS (SELECT 1 FROM participants q WHERE q.id = ${to === null ? null : parseId("participant", to)}
        AND q.campaign_id = (SELECT p.campaign_id FROM participants p WHERE ${ownParticipant(tenant, id)})))`,
    ),
    peopleAlong(db, walk, {
      place: sql<number>`walk.place`.as("place"),
      meeting: sql<number>`walk.meeting`.as("meeting"),
      up: sql<number>`walk.up`.as("up"),
      down: sql<number>`walk.down`.as("down"),
    }),
  ]);
  const head = readHead(heads);
  if (head === undefined) return undefined;
  const [first] = found;
  return {
    ...head,
    known: to === null || jsonRows<[number]>(knowns)[0]?.[0] === 1,
    rows: found.map(({ place, meeting: _m, up: _u, down: _d, ...participant }) => ({ participant, place })),
    meeting: first ? { id: formatId("participant", first.meeting), up: first.up, down: first.down } : null,
  };
}
