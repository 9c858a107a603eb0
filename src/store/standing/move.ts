import { type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { type Id, parseId } from "../../domain/id.ts";
import type { MoveFault } from "../../domain/standing.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import type { Tenant } from "../tenant.ts";
import { type Deed, isKnown, isOut, keepEntry, notBefore, ownParticipant } from "./terms.ts";

type Item = BatchItem<"sqlite">;

/** A participant, and who is to count as their inviter from now on; null for nobody. */
export type Move = { tenant: Tenant; id: Id; to: Id | null; deed: Deed };

const numberOf = (id: Id | null): number | null => (id === null ? null : parseId("participant", id));

/** The person stands above `to`, or is `to`: nobody may be moved below themselves. */
const isAbove = (id: Id, to: Id): SQL =>
  sql`EXISTS (WITH RECURSIVE up(id) AS (SELECT ${numberOf(to)}
      UNION SELECT q.inviter_id FROM up JOIN participants q ON q.id = up.id
        WHERE q.inviter_id IS NOT NULL AND up.id <> ${numberOf(id)})
    SELECT 1 FROM up WHERE up.id = ${numberOf(id)})`;

/** The new inviter `n` is in the campaign of participant `p`. */
const ofCampaign = (to: Id): SQL => sql`n.id = ${numberOf(to)} AND n.campaign_id = p.campaign_id`;

/**
 * Whether the move is allowed and changes something: true up to the move's own statements, and no more
 * behind them. Walks up from the new inviter, so it costs their depth.
 */
export function mayMove({ tenant, id, to, deed }: Move): SQL {
  const target =
    to === null
      ? sql`true`
      : sql`EXISTS (SELECT 1 FROM participants n WHERE ${ofCampaign(to)} AND NOT ${isOut("n.standing")})
          AND NOT ${isAbove(id, to)}`;
  return sql`EXISTS (SELECT 1 FROM participants p WHERE ${ownParticipant(tenant, id)}
    AND p.inviter_id IS NOT ${numberOf(to)} AND NOT ${isKnown("moved", deed)} AND ${target})`;
}

/**
 * The statements that move a person with everybody below them, while `guard` holds: the levels of the
 * subtree, the entry, and the link itself, which returns one row if it was done.
 */
export const moveStatements = (db: Db, { tenant, id, to, deed }: Move, guard: SQL) => {
  const who = ownParticipant(tenant, id);
  const at = notBefore(["moved"], deed.at);
  const delta = sql`(SELECT coalesce((SELECT n.depth + n.level_shift + 1 FROM participants n WHERE n.id = ${numberOf(to)}), 0)
    - p.depth - p.level_shift FROM participants p WHERE ${who} AND ${guard})`;
  return [
    // By a list of ids: joined to one, the update would read everybody there is.
    db.q
      .run(sql`UPDATE participants AS q SET level_shift = q.level_shift + ${delta} WHERE ${delta} <> 0 AND q.id IN (
      WITH RECURSIVE below(id) AS (SELECT p.id FROM participants p WHERE ${who} AND ${guard}
        UNION ALL SELECT c.id FROM below JOIN participants c ON c.inviter_id = below.id)
      SELECT id FROM below)`),
    keepEntry(db, "moved", sql`${who} AND ${guard}`, deed, {
      at,
      parent: sql`${numberOf(to)}`,
      from: sql`p.inviter_id`,
    }),
    jsonQuery(
      db,
      sql`UPDATE participants AS p SET moved_to = ${numberOf(to)},
        moved_at = (SELECT max(l.at) FROM ledger l WHERE l.participant_id = p.id AND l.kind = 'moved')
      WHERE changes() = 1 AND ${who} RETURNING json_array(id)`,
    ),
  ] as const;
};

/** What else is to happen in the batch of a move: to the boards, say. */
export type Around = {
  /** A further condition of the move. */
  guard: SQL;
  /** Statements that stand before the move, each to be guarded by `may`. */
  before: (may: SQL) => readonly Item[];
  /** Statements behind it. They run whether or not it was done. */
  after: readonly Item[];
};

/** `unchanged`: they stand there already, or the event was told before. `lost`: `Around.guard` did not hold. */
export type Moved = "moved" | "unchanged" | "lost" | MoveFault;

/** Has another person, or nobody, count as somebody's inviter from now on. One batch. */
export async function move(db: Db, request: Move, around?: Around): Promise<Moved> {
  const { tenant, id, to, deed } = request;
  const allowed = mayMove(request);
  const may = around === undefined ? allowed : sql`${around.guard} AND ${allowed}`;
  const [shift, keep, link] = moveStatements(db, request, may);
  const before = around?.before(may) ?? [];
  const results: readonly unknown[] = await db.write([
    jsonQuery(
      db,
      sql`SELECT json_array(${to === null ? sql`0` : isAbove(id, to)}, ${toOf(to)},
      p.inviter_id IS ${numberOf(to)} OR ${isKnown("moved", deed)}) FROM participants p WHERE ${ownParticipant(tenant, id)}`,
    ),
    ...before,
    shift,
    keep,
    link,
    ...(around?.after ?? []),
  ]);
  if ((results[before.length + 3] as unknown[]).length === 1) return "moved";
  const [found] = jsonRows<[number, string | null, number]>(results[0] as [string][]);
  if (found === undefined || found[2] === 1) return "unchanged";
  const [isAboveIt, target] = found;
  if (id === to) return "self";
  if (to !== null && target === null) return "not_of_campaign";
  if (isAboveIt === 1) return "descendant";
  return target === "removed" || target === "released" ? "removed" : "lost";
}

/** How the new inviter stands; NULL where there is none in the campaign. */
const toOf = (to: Id | null): SQL =>
  to === null
    ? sql`NULL`
    : sql`(SELECT coalesce(n.standing, 'good') FROM participants n WHERE ${ofCampaign(to)})`;
