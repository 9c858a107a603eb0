import { and, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { Lag } from "../domain/freshness.ts";
import { type Id, parseId } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";
import { allTimeBoard, lagOf } from "./fold/terms.ts";
import { byId } from "./paging.ts";
import { participants } from "./schema/people.ts";
import { inCampaign, type Tenant } from "./tenant.ts";

const { attempt: _attempt, ticket: _ticket, ...shown } = getTableColumns(participants);

const scoreOf = (metric: string, name: string) =>
  sql<number>`coalesce((SELECT y.score FROM tallies y WHERE y.board_id = ${allTimeBoard(sql`${participants.campaignId}`, metric)}
    AND y.participant_id = ${participants.id}), 0)`.as(name);

/**
 * Why an operator did what holds of a participant, looked up for those few of whom something holds. The
 * table is named by hand: drizzle leaves it out, and then `id` would be the entry's.
 */
const causeOf = (holds: string, kind: string, name: string) =>
  sql<string | null>`CASE WHEN ${sql.raw(holds)} THEN (SELECT l.cause FROM ledger l
    WHERE l.participant_id = participants.id AND l.kind = ${sql.raw(kind)} ORDER BY l.id DESC LIMIT 1) END`.as(
    name,
  );

const causes = {
  // Entries are called as the standings to which they lead.
  standingCause: causeOf("participants.standing IS NOT NULL", "participants.standing", "standing_cause"),
  disqualifiedCause: causeOf(
    "participants.disqualified_at IS NOT NULL",
    "'disqualified'",
    "disqualified_cause",
  ),
};

/** What `Participant` is read from. */
export const participantColumns = {
  ...shown,
  ...causes,
  direct: scoreOf("direct", "direct"),
  team: scoreOf("team", "team"),
};

const select = (db: Db) => db.q.select(participantColumns).from(participants);

/** A participant with their scores of all time. */
export type Participant = Awaited<ReturnType<typeof select>>[number];

/** A page of a campaign's participants, newest first, and how far their scores are behind. One read. */
export async function listParticipants(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  ask: PageAsk,
  now: number,
): Promise<Lag & { rows: Participant[] }> {
  const page = byId(participants.id, "newest", ask);
  const scope = and(eq(participants.campaignId, campaignId), inCampaign(participants, tenant)) as SQL;
  const [rows, lags] = await db.readAside([
    select(db).where(page.where(scope)).orderBy(page.order).limit(page.limit),
    jsonQuery(db, sql`SELECT ${lagOf(sql`${parseId("campaign", campaignId)}`, now)}`),
  ]);
  return { rows, ...(jsonRows<Lag>(lags)[0] as Lag) };
}

/** One participant and how far their scores are behind, or undefined. One read. */
export async function readParticipant(
  db: Db,
  tenant: Tenant,
  id: Id,
  now: number,
): Promise<(Lag & { row: Participant }) | undefined> {
  const campaign = sql`(SELECT p.campaign_id FROM participants p WHERE p.id = ${parseId("participant", id)})`;
  const [[row], lags] = await db.read([
    select(db).where(and(eq(participants.id, id), inCampaign(participants, tenant))),
    jsonQuery(db, sql`SELECT ${lagOf(campaign, now)}`),
  ]);
  return row && { row, ...(jsonRows<Lag>(lags)[0] as Lag) };
}

/** One participant, or undefined. One read. */
export async function findParticipant(db: Db, tenant: Tenant, id: Id): Promise<Participant | undefined> {
  const [[row]] = await db.read([
    select(db).where(and(eq(participants.id, id), inCampaign(participants, tenant))),
  ]);
  return row;
}
