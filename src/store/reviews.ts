import { and, eq, getTableColumns, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { ReviewState } from "../domain/criteria/facts.ts";
import { type Id, parseId } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import type { ReviewKind } from "../domain/review.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { audit } from "./schema/audit.ts";
import { reviews } from "./schema/gate.ts";
import { inCampaign, type Tenant } from "./tenant.ts";

const { identityHash: _hash, updatedAt: _updated, ...shown } = getTableColumns(reviews);

/** What `Review` is read from: nothing by which the person is known. */
export const reviewColumns = shown;

const select = (db: Db) => db.q.select(shown).from(reviews);

/** A case for a human decision. Its evidence is sealed. */
export type Review = Awaited<ReturnType<typeof select>>[number];

/** What a list of cases may be narrowed to. `assignee` null: nobody's. */
export type ReviewFilter = {
  state?: ReviewState | undefined;
  queue?: string | undefined;
  kind?: ReviewKind | undefined;
  assignee?: string | null | undefined;
  /** Open, and to be decided before this instant. */
  overdueAt?: number | undefined;
};

/** A page of a campaign's cases, oldest first. One read. */
export async function listReviews(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  filter: ReviewFilter,
  ask: PageAsk,
): Promise<Review[]> {
  const { state, queue, kind, assignee, overdueAt } = filter;
  const page = byId(reviews.id, "oldest", ask);
  const scope = and(
    eq(reviews.campaignId, campaignId),
    inCampaign(reviews, tenant),
    state && eq(reviews.state, state),
    queue === undefined ? undefined : eq(reviews.queue, queue),
    kind && eq(reviews.kind, kind),
    assignee === undefined
      ? undefined
      : assignee === null
        ? isNull(reviews.assignee)
        : eq(reviews.assignee, assignee),
    overdueAt === undefined ? undefined : and(eq(reviews.state, "open"), lt(reviews.dueAt, overdueAt)),
  ) as SQL;
  const [rows] = await db.readAside([
    select(db).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** One case, or undefined. One read. */
export async function findReview(db: Db, tenant: Tenant, id: Id): Promise<Review | undefined> {
  const [[row]] = await db.read([select(db).where(and(eq(reviews.id, id), inCampaign(reviews, tenant)))]);
  return row;
}

/** Case `r` is one that the tenant may see. */
export const ownReview = (tenant: Tenant): SQL =>
  sql`r.workspace_id = ${parseId("workspace", tenant.workspaceId)}
    ${tenant.campaignId === null ? sql`` : sql`AND r.campaign_id = ${parseId("campaign", tenant.campaignId)}`}`;

/**
 * Gives an open case to somebody, or to nobody; with `onlyIfFree` not where it is another's. Answers the
 * case as it is then, undefined where there is none. One batch.
 */
export async function assignReview(
  db: Db,
  tenant: Tenant,
  id: Id,
  given: { assignee: string | null; onlyIfFree: boolean; actor: string; entryId: number; now: number },
): Promise<Review | undefined> {
  const { assignee, onlyIfFree, actor, entryId, now } = given;
  const changes = sql`r.id = ${parseId("review", id)} AND ${ownReview(tenant)} AND r.state = 'open'
    AND r.assignee IS NOT ${assignee} ${onlyIfFree ? sql`AND r.assignee IS NULL` : sql``}`;
  const [, , [row]] = await db.write([
    db.q.run(sql`INSERT INTO audit (id, workspace_id, campaign_id, kind, subject, actor, data, at)
      SELECT ${freshId(audit, entryId)}, r.workspace_id, r.campaign_id, 'review.assigned', r.id, ${actor},
        json_object('from', r.assignee, 'to', ${assignee}), ${now}
      FROM reviews r WHERE ${changes}`),
    db.q.run(sql`UPDATE reviews AS r SET assignee = ${assignee}, updated_at = ${now} WHERE ${changes}`),
    select(db).where(and(eq(reviews.id, id), inCampaign(reviews, tenant))),
  ]);
  return row;
}
