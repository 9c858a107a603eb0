import { sql } from "drizzle-orm";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { Locale } from "../domain/text.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";

/** A campaign whose board anybody may read. */
export type PublicBoard = {
  workspaceId: Id;
  campaign: { name: string };
  community: { name: string; locale: Locale | null };
};

/** The campaign of this id, of any tenant, if it was published and has its board be public. One read. */
export async function findPublicBoard(db: Db, campaignId: Id): Promise<PublicBoard | undefined> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('workspaceId', c.workspace_id, 'campaign', json_object('name', c.name),
          'community', json_object('name', m.name, 'locale', m.locale))
        FROM campaigns c JOIN communities m ON m.id = c.community_id
        WHERE c.id = ${parseId("campaign", campaignId)} AND c.published_at IS NOT NULL
          AND json_extract(c.settings, '$.board.public')`,
    ),
  ]);
  const [found] = jsonRows<Omit<PublicBoard, "workspaceId"> & { workspaceId: number }>(rows);
  return found && { ...found, workspaceId: formatId("workspace", found.workspaceId) };
}
