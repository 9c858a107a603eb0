import { sql } from "drizzle-orm";
import { type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery } from "../db.ts";

/**
 * Has the folds of a campaign wait until an instant, in milliseconds, and loses those that are under way.
 * It only makes room: what keeps boards right is their version, which everybody still goes by. One batch.
 * @param mine the hold that the caller has, to be made longer; null for none
 * @returns whether it is held for the caller; false where somebody else holds it, or nothing was ever folded
 */
export async function holdFolds(
  db: Db,
  campaignId: Id,
  { mine, until, now }: { mine: number | null; until: number; now: number },
): Promise<boolean> {
  const [rows] = await db.write([
    jsonQuery(
      db,
      sql`UPDATE folds SET held_until = ${until}, version = version + 1
        WHERE campaign_id = ${parseId("campaign", campaignId)}
          AND (held_until IS NULL OR held_until <= ${now} OR held_until = ${mine}) RETURNING json_array(version)`,
    ),
  ]);
  return rows.length === 1;
}

/** Lets folds go on. One batch; it changes nothing where the hold has passed to somebody else. */
export async function releaseFolds(db: Db, campaignId: Id, mine: number): Promise<void> {
  await db.write([
    db.q.run(sql`UPDATE folds SET held_until = NULL
      WHERE campaign_id = ${parseId("campaign", campaignId)} AND held_until = ${mine}`),
  ]);
}
