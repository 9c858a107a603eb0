import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { workspaces } from "./schema/tenancy.ts";
import type { Tenant } from "./tenant.ts";

/** Moves a workspace to the next version of its token key, unless it moved within `overlapMs`. One batch. */
export async function rotateTokenKey(
  db: Db,
  tenant: Tenant,
  now: number,
  overlapMs: number,
): Promise<{ version: number; rotatedAt: number | null } | undefined> {
  const [[row]] = await db.write([
    db.q
      .update(workspaces)
      .set({ tokenVersion: sql`${workspaces.tokenVersion} + 1`, tokenRotatedAt: now })
      .where(
        and(
          eq(workspaces.id, tenant.workspaceId),
          or(isNull(workspaces.tokenRotatedAt), lte(workspaces.tokenRotatedAt, now - overlapMs)),
        ),
      )
      .returning({ version: workspaces.tokenVersion, rotatedAt: workspaces.tokenRotatedAt }),
  ]);
  return row;
}
