import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../db.ts";
import { IS_IN, isOut } from "../standing/terms.ts";

const people = (which: SQL, more: SQL): SQL =>
  sql`(SELECT p.id FROM participants p WHERE ${which} AND ${more})`;

/**
 * The statement by which the re-check follows participants `which` who came back, or were let in again: due at
 * once. Of those who left nobody is judged, nor on the queue; a warning and its grace stay.
 */
export const toBeChecked = (db: Db, which: SQL, now: number) =>
  db.q.run(sql`UPDATE checks AS k SET due_at = iif(k.participant_id IN ${people(which, IS_IN)}, ${now}, NULL),
      state = iif(k.state = 'due' AND k.participant_id NOT IN ${people(which, IS_IN)}, 'warned', k.state)
    WHERE k.participant_id IN ${people(which, sql`NOT ${isOut("p.standing")}`)}
      AND (k.state = 'removed' OR (k.due_at IS NULL) = (k.participant_id IN ${people(which, IS_IN)}))`);

/** The statement by which the re-check lets participants `which` be whom an operator removed: that is final. */
export const outOfChecks = (db: Db, which: SQL) =>
  db.q.run(sql`UPDATE checks SET state = 'removed', due_at = NULL
    WHERE participant_id IN ${people(which, isOut("p.standing"))}`);
