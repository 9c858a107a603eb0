import { type SQL, sql } from "drizzle-orm";
import type { Lag } from "../../domain/freshness.ts";
import { formatId, type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { lagOf } from "../fold/terms.ts";
import { participantColumns } from "../participants.ts";
import { participants } from "../schema/people.ts";
import { ownParticipant } from "../standing/terms.ts";
import type { Tenant } from "../tenant.ts";

// A tree is walked one person at a time: from each to the first whom they brought, and to the next whom
// their inviter brought. Both are one step in the index `participants_inviter`, so a walk costs what it
// yields, whether people stand in a line or all below one. A step that leads nowhere is a row without id.

const FIRST_CHILD = sql`(SELECT c.id FROM participants c INDEXED BY participants_inviter
  WHERE c.inviter_id = w.id ORDER BY c.id LIMIT 1)`;

/** The next of those whom the inviter of row `of` brought. */
const nextSibling = (
  of: "w" | "up",
): SQL => sql`(SELECT c.id FROM participants c INDEXED BY participants_inviter
  WHERE c.inviter_id = ${sql.raw(of)}.inviter_id AND c.id > ${sql.raw(of)}.id ORDER BY c.id LIMIT 1)`;

/** The steps from row `w`. Nobody leaves the subtree: level 0 has no neighbours. */
const steps = (depth: number | null): SQL => sql`
  SELECT w.level + 1, ${FIRST_CHILD}, w.id FROM w
    WHERE w.id IS NOT NULL ${depth === null ? sql`` : sql`AND w.level < ${depth}`}
  UNION ALL SELECT w.level, ${nextSibling("w")}, w.inviter_id FROM w WHERE w.id IS NOT NULL AND w.level > 0`;

/** Who stands below a participant, level by level, within a level by id. Nobody behind `limit`. */
export const levelByLevel = (tenant: Tenant, root: Id, depth: number, limit: number): SQL =>
  sql`WITH RECURSIVE w(level, id, inviter_id) AS (
      SELECT 0, p.id, NULL FROM participants p WHERE ${ownParticipant(tenant, root)}
      UNION ALL ${steps(depth)} ORDER BY 1, 2)
    SELECT row_number() OVER () AS n, level, id FROM (
      SELECT level, id FROM w WHERE id IS NOT NULL AND level > 0 LIMIT ${limit})`;

/** A part of a walk through a subtree, branch by branch. */
export type Part = {
  root: Id;
  /** Where it begins: the root, or somebody below it. */
  at: Id;
  /** How far below the root it goes; null: to the end. */
  depth: number | null;
  limit: number;
};

/**
 * A part of a subtree, branch by branch, each person before those whom they brought. The first row is
 * whoever stands `at` the beginning; there is no row where they do not stand below the root (any more).
 * Costs what it yields and passes over, and the way from its beginning up to the root.
 * @param passing who is left out on the way: SQL over row `w`
 */
export const branchByBranch = (
  tenant: Tenant,
  { root, at, depth, limit }: Part,
  passing: SQL = sql`false`,
): SQL => {
  const [top, from] = [parseId("participant", root), parseId("participant", at)];
  return sql`WITH RECURSIVE
    up(id, inviter_id, n) AS MATERIALIZED (
      SELECT q.id, q.inviter_id, 0 FROM participants q WHERE q.id = ${from}
        AND EXISTS (SELECT 1 FROM participants p WHERE ${ownParticipant(tenant, root)})
      UNION ALL SELECT q.id, q.inviter_id, up.n + 1 FROM up CROSS JOIN participants q ON q.id = up.inviter_id
        WHERE up.id <> ${top}),
    high(n) AS MATERIALIZED (SELECT n FROM up WHERE id = ${top}),
    w(level, id, inviter_id) AS (
      SELECT high.n, up.id, up.inviter_id FROM high CROSS JOIN up ON up.n = 0
      UNION ALL SELECT high.n - up.n, ${nextSibling("up")}, up.inviter_id
        FROM high CROSS JOIN up ON up.n > 0 AND up.n < high.n
      UNION ALL ${steps(depth)} ORDER BY 1 DESC)
    SELECT row_number() OVER () AS n, level, id FROM (
      SELECT w.level, w.id FROM w WHERE w.id IS NOT NULL AND (w.id = ${from} OR NOT ${passing}) LIMIT ${limit})`;
};

/** The participants of a `walk(n, id)` in its order, with further columns over it. */
export const peopleAlong = <F extends Record<string, SQL.Aliased>>(db: Db, walk: SQL, more: F) =>
  db.q
    .select({ ...participantColumns, ...more })
    .from(sql`(${walk}) walk`)
    .crossJoin(participants)
    .where(sql`${participants.id} = walk.id`)
    .orderBy(sql`walk.n`);

/** What every page of a tree is read with: whose campaign it is, how far its scores are behind. */
export type Head = Lag & { campaignId: Id; newest: Id };

/** The head of a participant's pages. */
export const headOf = (db: Db, tenant: Tenant, id: Id, now: number) =>
  jsonQuery(
    db,
    sql`SELECT json_object('campaignId', h.campaign_id, 'lag', json(${lagOf(sql`h.campaign_id`, now)}),
        'newest', (SELECT max(q.id) FROM participants q INDEXED BY participants_campaign WHERE q.campaign_id = h.campaign_id))
      FROM (SELECT p.campaign_id FROM participants p WHERE ${ownParticipant(tenant, id)}) h`,
  );

/** The head as it was read; undefined where the participant is not the tenant's. */
export function readHead(rows: readonly [string][]): Head | undefined {
  const [head] = jsonRows<{ campaignId: number; newest: number; lag: Lag }>(rows);
  return (
    head && {
      ...head.lag,
      campaignId: formatId("campaign", head.campaignId),
      newest: formatId("participant", head.newest),
    }
  );
}
