import { type SQL, sql } from "drizzle-orm";
import { type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery } from "../db.ts";
import type { Tenant } from "../tenant.ts";
import { countStatements, type CountLag, readLag, selectLag } from "./count.ts";
import { KEPT } from "./kept.ts";
import { RECOUNT } from "./recount.ts";
import type { Tables } from "./terms.ts";

/**
 * Where figures come from: what is counted already; the same, with what is pending counted first in the same
 * batch; or all of it counted anew, which is as right and costs as much as the campaign is large.
 */
export type From = "kept" | "counted" | "recount";

/** Which campaign is read, for whom, when, and from what. `entryId`: a candidate, where something is counted. */
export type Asked = { tenant: Tenant; id: Id; now: number; from: From; entryId: number };

/** The campaign's number if it is the tenant's, else NULL: under that nothing is found. */
export const ownCampaignNumber = ({ tenant, id }: Pick<Asked, "tenant" | "id">): SQL =>
  sql`(SELECT c.id FROM campaigns c WHERE c.id = ${parseId("campaign", id)}
    AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)}
    AND ${tenant.campaignId === null || tenant.campaignId === id ? 1 : 0})`;

export const tablesOf = ({ from }: Asked): Tables => (from === "recount" ? RECOUNT : KEPT);

/** Entries that are counted in the batch of a read at the most. */
const WITH_A_READ = 25_000;

type Texts = readonly [string][];

/** Reads, and how far the count is behind what was read. One read, or one batch where something is counted. */
export async function readAsked<const Q extends readonly SQL[]>(
  db: Db,
  asked: Asked,
  queries: Q,
): Promise<{ lag: CountLag; rows: { [K in keyof Q]: Texts } }> {
  const { id, now, entryId, from } = asked;
  const reads = queries.map((query) => jsonQuery(db, query));
  const lag = selectLag(db, ownCampaignNumber(asked), now);
  const results: readonly unknown[] =
    from === "counted"
      ? await db.writeAndRead(countStatements(db, id, WITH_A_READ, now, entryId), [lag, ...reads])
      : await db.readAside([lag, ...reads]);
  const [first, ...rows] = results as Texts[];
  return { lag: readLag(first ?? []), rows: rows as { [K in keyof Q]: Texts } };
}
