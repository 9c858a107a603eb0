import { and, eq, type SQL, sql } from "drizzle-orm";
import { formatId, type Id, parseId } from "../../domain/id.ts";
import type { PageAsk } from "../../domain/page.ts";
import type { TreePosition, TreeRow } from "../../domain/tree.ts";
import type { Db } from "../db.ts";
import { type Participant, participantColumns } from "../participants.ts";
import { participants } from "../schema/people.ts";
import { ownParticipant } from "../standing/terms.ts";
import { inCampaign, type Tenant } from "../tenant.ts";
import { branchByBranch, type Head, headOf, levelByLevel, peopleAlong, readHead } from "./walk.ts";

const number = (id: Id): number | null => parseId("participant", id);

const lastChild = sql<number | null>`(SELECT c.id FROM participants c INDEXED BY participants_inviter
  WHERE c.inviter_id = ${participants.id} ORDER BY c.id DESC LIMIT 1)`.as("last_child");

const toTreeRow = ({
  lastChild,
  ...participant
}: Participant & { lastChild: number | null }): TreeRow<Participant> => ({
  id: participant.id,
  inviterId: participant.inviterId,
  lastChildId: lastChild === null ? null : formatId("participant", lastChild),
  participant,
  direct: participant.direct,
  team: participant.team,
});

export type TreePage = Head & {
  root: Participant;
  /** Those below the root, one more than asked where there are more. */
  rows: TreeRow<Participant>[];
  levels: number[];
  /** Whether the position still stands below the root. */
  found: boolean;
};

/**
 * A page of the tree below a participant: the nearest `limit` level by level, or from a position on branch
 * by branch those that the first page did not have. One read; undefined: no such participant.
 */
export async function readTreePage(
  db: Db,
  tenant: Tenant,
  id: Id,
  { depth, limit, from }: { depth: number; limit: number; from: TreePosition | null },
  now: number,
): Promise<TreePage | undefined> {
  const walk =
    from === null
      ? levelByLevel(tenant, id, depth, limit + 1)
      : branchByBranch(tenant, { root: id, at: from.at, depth, limit: limit + 2 }, wasShown(from));
  const [[root], heads, rows] = await db.readAside([
    db.q
      .select(participantColumns)
      .from(participants)
      .where(and(eq(participants.id, id), inCampaign(participants, tenant))),
    headOf(db, tenant, id, now),
    peopleAlong(db, walk, { lastChild, level: sql<number>`walk.level`.as("level") }),
  ]);
  const head = readHead(heads);
  if (root === undefined || head === undefined) return undefined;
  // A part begins with the person behind whom it goes on.
  const fresh = from === null ? rows : rows.slice(1);
  return {
    ...head,
    root,
    rows: fresh.map(({ level: _level, ...row }) => toTreeRow(row)),
    levels: fresh.map(({ level }) => level),
    found: from === null || rows[0]?.id === from.at,
  };
}

/** Row `w` was on the first page. */
const wasShown = ({ level, last, newest }: TreePosition): SQL =>
  sql`(w.id <= ${number(newest)} AND (w.level < ${level} OR w.level = ${level} AND w.id <= ${number(last)}))`;

/** People whom a participant brought, by id, and the head; one more than asked. One read. */
export async function readChildren(
  db: Db,
  tenant: Tenant,
  id: Id,
  order: "newest" | "oldest",
  { limit, position }: PageAsk,
  now: number,
): Promise<(Head & { rows: Participant[] }) | undefined> {
  const ascending = (order === "oldest") === (position?.direction !== "before");
  const beyond =
    position === null
      ? sql``
      : ascending
        ? sql`AND c.id > ${number(position.key)}`
        : sql`AND c.id < ${number(position.key)}`;
  const walk = sql`SELECT row_number() OVER () AS n, id FROM (
    SELECT c.id FROM participants c INDEXED BY participants_inviter WHERE c.inviter_id = ${number(id)} ${beyond}
      AND EXISTS (SELECT 1 FROM participants p WHERE ${ownParticipant(tenant, id)})
    ORDER BY c.id ${sql.raw(ascending ? "" : "DESC")} LIMIT ${limit + 1})`;
  const [heads, rows] = await db.readAside([headOf(db, tenant, id, now), peopleAlong(db, walk, {})]);
  const head = readHead(heads);
  return head && { ...head, rows };
}

/**
 * Who stands above a participant, from the inviter up to the root; behind or before somebody of them.
 * Behind costs what it yields, before the way from the participant up to them. One more than asked. One read.
 */
export async function readAncestors(
  db: Db,
  tenant: Tenant,
  id: Id,
  { limit, position }: PageAsk,
  now: number,
): Promise<(Head & { rows: Participant[] }) | undefined> {
  const own = sql`EXISTS (SELECT 1 FROM participants p WHERE ${ownParticipant(tenant, id)})`;
  const climb = (from: Id, until: SQL) => sql`WITH RECURSIVE up(n, id) AS (
      SELECT 1, q.inviter_id FROM participants q WHERE q.id = ${number(from)} AND q.workspace_id = (
        SELECT p.workspace_id FROM participants p WHERE ${ownParticipant(tenant, id)} AND p.campaign_id = q.campaign_id)
      UNION ALL SELECT up.n + 1, q.inviter_id FROM up CROSS JOIN participants q ON q.id = up.id WHERE ${until})`;
  const before = position?.direction === "before" ? number(position.key) : null;
  const walk =
    before === null
      ? sql`${climb(position?.key ?? id, sql`true`)} SELECT n, id FROM up WHERE id IS NOT NULL LIMIT ${limit + 1}`
      : sql`${climb(id, sql`up.id <> ${before}`)} SELECT -n AS n, id FROM up WHERE id <> ${before} AND ${own}
          AND EXISTS (SELECT 1 FROM up WHERE id = ${before}) ORDER BY 1 LIMIT ${limit + 1}`;
  const [heads, rows] = await db.readAside([headOf(db, tenant, id, now), peopleAlong(db, walk, {})]);
  const head = readHead(heads);
  return head && { ...head, rows };
}
