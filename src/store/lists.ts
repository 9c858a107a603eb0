import { and, eq, sql } from "drizzle-orm";
import { type Id, parseId } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { nudge } from "./applications.ts";
import { type Db, freshId, jsonQuery, jsonRows } from "./db.ts";
import { byId } from "./paging.ts";
import { lists } from "./schema/profiles.ts";
import { inWorkspace, type Tenant } from "./tenant.ts";

export type List = typeof lists.$inferSelect;

/** A list with how many people stand on it. */
export type CountedList = List & { entries: number };

/** Makes a list, unless the workspace has one of that name. One batch. */
export async function insertList(
  db: Db,
  tenant: Tenant,
  id: number,
  name: string,
  now: number,
): Promise<{ list: List; created: boolean }> {
  const named = and(eq(lists.name, name), inWorkspace(lists, tenant));
  const row = { id: freshId(lists, id), workspaceId: tenant.workspaceId, name, createdAt: now };
  const [made, [list]] = await db.write([
    db.q.insert(lists).values(row).onConflictDoNothing().returning({ id: lists.id }),
    db.q.select().from(lists).where(named),
  ]);
  return { list: list as List, created: made.length === 1 };
}

/** A page of lists, newest first. One read. */
export async function pageOfLists(db: Db, tenant: Tenant, ask: PageAsk): Promise<List[]> {
  const page = byId(lists.id, "newest", ask);
  const [rows] = await db.read([
    db.q
      .select()
      .from(lists)
      .where(page.where(inWorkspace(lists, tenant)))
      .orderBy(page.order)
      .limit(page.limit),
  ]);
  return rows;
}

const countOf = (id: Id) =>
  sql<number>`(SELECT count(*) FROM list_entries e WHERE e.list_id = ${parseId("list", id)})`.as("entries");

/** One list with its number of people, or undefined. One read. */
export async function findList(db: Db, tenant: Tenant, id: Id): Promise<CountedList | undefined> {
  const [[list]] = await db.readAside([
    db.q
      .select({
        id: lists.id,
        workspaceId: lists.workspaceId,
        name: lists.name,
        createdAt: lists.createdAt,
        entries: countOf(id),
      })
      .from(lists)
      .where(and(eq(lists.id, id), inWorkspace(lists, tenant))),
  ]);
  return list;
}

/** What became of a list's entries: who was not on it before, who was and is no more, and how many are now. */
export type Changed = { added: number; removed: number; entries: number };

/**
 * Puts people on a list and takes others off it; whoever came or went is looked at again. One batch; undefined
 * where the list is not the tenant's.
 * @param add keyed hashes of identities, each once; `remove` the same
 */
export async function changeEntries(
  db: Db,
  tenant: Tenant,
  id: Id,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
  now: number,
): Promise<Changed | undefined> {
  const workspace = sql`${parseId("workspace", tenant.workspaceId)}`;
  const number = parseId("list", id);
  const mine = sql`EXISTS (SELECT 1 FROM lists l WHERE l.id = ${number} AND l.workspace_id = ${workspace})`;
  const [coming, going] = [JSON.stringify(add), JSON.stringify(remove)];
  const isOn = sql`EXISTS (SELECT 1 FROM list_entries e WHERE e.list_id = ${number} AND e.hash = j.value)`;
  const fresh = sql`SELECT j.value AS hash FROM json_each(${coming}) j WHERE ${mine} AND NOT ${isOn}`;
  const gone = sql`SELECT j.value AS hash FROM json_each(${going}) j WHERE ${mine} AND ${isOn}`;
  const [before, , , , , after] = await db.write([
    jsonQuery(
      db,
      sql`SELECT json_array(${mine}, (SELECT count(*) FROM (${fresh})), (SELECT count(*) FROM (${gone})))`,
    ),
    ...(nudge(workspace, sql`${fresh} UNION ALL ${gone}`, now).map((statement) => db.q.run(statement)) as [
      ReturnType<typeof db.q.run>,
      ReturnType<typeof db.q.run>,
    ]),
    db.q.run(sql`INSERT INTO list_entries (workspace_id, list_id, hash, added_at)
      SELECT ${workspace}, ${number}, f.hash, ${now} FROM (${fresh}) f WHERE true
      ON CONFLICT (list_id, hash) DO NOTHING`),
    db.q.run(sql`DELETE FROM list_entries WHERE list_id = ${number} AND ${mine}
      AND hash IN (SELECT value FROM json_each(${going}))`),
    jsonQuery(db, sql`SELECT json(count(*)) FROM list_entries e WHERE e.list_id = ${number} AND ${mine}`),
  ]);
  const [[own, added, removed]] = jsonRows<[number, number, number]>(before) as [[number, number, number]];
  const [entries] = jsonRows<number>(after) as [number];
  return own === 1 ? { added, removed, entries } : undefined;
}
