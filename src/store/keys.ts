import { and, eq, sql } from "drizzle-orm";
import type { Actor, Scope } from "../domain/key.ts";
import type { Id } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId, jsonQuery } from "./db.ts";
import { byId } from "./paging.ts";
import { revokeOne } from "./revoke.ts";
import { apiKeys, workspaces } from "./schema/tenancy.ts";
import { inWorkspace, type Tenant } from "./tenant.ts";

export type Key = typeof apiKeys.$inferSelect;
export type NewKey = {
  name: string;
  scopes: Scope[];
  hash: string;
  hint: string;
  campaignId: Id | null;
  expiresAt: number | null;
};

/** The key with this hash as an actor, with the dates that end it; undefined when unknown. One read. */
export async function findActor(
  db: Db,
  hash: string,
): Promise<(Actor & { expiresAt: number | null; revokedAt: number | null }) | undefined> {
  const [[key], [first]] = await db.read([
    db.q.select().from(apiKeys).where(eq(apiKeys.hash, hash)),
    db.q.select({ id: workspaces.id }).from(workspaces).orderBy(workspaces.id).limit(1),
  ]);
  if (key === undefined) return undefined;
  const { id, workspaceId, scopes, campaignId, expiresAt, revokedAt } = key;
  return {
    keyId: id,
    workspaceId,
    scopes,
    campaignId,
    expiresAt,
    revokedAt,
    owner: workspaceId === first?.id,
  };
}

/** Inserts a key of a workspace. One batch. */
export async function insertKey(db: Db, tenant: Tenant, id: number, key: NewKey, now: number): Promise<Key> {
  const row = { ...key, id: freshId(apiKeys, id), workspaceId: tenant.workspaceId, createdAt: now };
  const [[inserted]] = await db.write([db.q.insert(apiKeys).values(row).returning()]);
  return inserted as Key;
}

/** A page of keys, newest first. One read. */
export async function listKeys(db: Db, tenant: Tenant, ask: PageAsk): Promise<Key[]> {
  const page = byId(apiKeys.id, "newest", ask);
  const [rows] = await db.read([
    db.q
      .select()
      .from(apiKeys)
      .where(page.where(inWorkspace(apiKeys, tenant)))
      .orderBy(page.order)
      .limit(page.limit),
  ]);
  return rows;
}

/** One key, or undefined. One read. */
export async function findKey(db: Db, tenant: Tenant, id: Id): Promise<Key | undefined> {
  const [[key]] = await db.read([
    db.q
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.id, id), inWorkspace(apiKeys, tenant))),
  ]);
  return key;
}

/** Revokes a key for good; answers its row, or undefined when there is none. One batch. */
export const revokeKey = (db: Db, tenant: Tenant, id: Id, now: number): Promise<Key | undefined> =>
  revokeOne(db, apiKeys, and(eq(apiKeys.id, id), inWorkspace(apiKeys, tenant)), now);

/** A new tenant with its first admin key. `onlyFirst`: unless the installation has a tenant. One batch. */
export async function insertWorkspace(
  db: Db,
  ids: { workspace: number; key: number },
  name: string,
  key: Pick<NewKey, "name" | "hash" | "hint">,
  now: number,
  onlyFirst: boolean,
): Promise<{ workspaceId: Id; keyId: Id } | undefined> {
  const none = onlyFirst ? sql`NOT EXISTS (SELECT 1 FROM workspaces)` : sql`true`;
  const fresh = sql`SELECT ${freshId(workspaces, ids.workspace)}, ${name}, ${now} WHERE ${none}`;
  const made = sql`SELECT ${freshId(apiKeys, ids.key)}, (SELECT max(id) FROM workspaces), ${key.name}, ${key.hash}, ${key.hint},
    '["admin"]', ${now} WHERE changes() = 1`;
  await db.write([
    db.q.run(sql`INSERT INTO workspaces (id, name, created_at) ${fresh}`),
    db.q.run(sql`INSERT INTO api_keys (id, workspace_id, name, hash, hint, scopes, created_at) ${made}`),
  ]);
  const actor = await findActor(db, key.hash);
  return actor && { workspaceId: actor.workspaceId, keyId: actor.keyId };
}

/** Whether any tenant exists. One read. */
export async function hasWorkspace(db: Db): Promise<boolean> {
  const [rows] = await db.read([jsonQuery(db, sql`SELECT json_array(id) FROM workspaces LIMIT 1`)]);
  return rows.length > 0;
}

/** A further admin key of the installation's first workspace. One batch. */
export async function insertOwnerKey(
  db: Db,
  id: number,
  key: Pick<NewKey, "name" | "hash" | "hint">,
  now: number,
): Promise<void> {
  await db.write([
    db.q.run(sql`INSERT INTO api_keys (id, workspace_id, name, hash, hint, scopes, created_at)
      SELECT ${freshId(apiKeys, id)}, min(id), ${key.name}, ${key.hash}, ${key.hint}, '["admin"]', ${now}
      FROM workspaces WHERE true ON CONFLICT (hash) DO NOTHING`),
  ]);
}
