import { and, eq, getTableColumns, type SQL } from "drizzle-orm";
import type { Id } from "../domain/id.ts";
import type { Entry } from "../domain/ledger.ts";
import type { PageAsk } from "../domain/page.ts";
import type { Db } from "./db.ts";
import { byId } from "./paging.ts";
import { ledger } from "./schema/ledger.ts";
import { inCampaign, type Tenant } from "./tenant.ts";

/** A page of a campaign's ledger, oldest first. One read. */
export async function listEntries(db: Db, tenant: Tenant, campaignId: Id, ask: PageAsk): Promise<Entry[]> {
  const page = byId(ledger.id, "oldest", ask);
  const scope = and(eq(ledger.campaignId, campaignId), inCampaign(ledger, tenant)) as SQL;
  const {
    workspaceId: _workspace,
    campaignId: _campaign,
    key: _key,
    qualifiesAt: _qualifiesAt,
    ...columns
  } = getTableColumns(ledger);
  const [rows] = await db.readAside([
    db.q.select(columns).from(ledger).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}
