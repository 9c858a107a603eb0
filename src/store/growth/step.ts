import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../db.ts";
import { CONFIRMED_AT, isMarked, marksNow, PART, quarterIn } from "./terms.ts";

/** Who counts as the inviter of a person of the step, if they count for them; now and as counted before. */
export const CREDIT = `iif(${isMarked("credited", "s.marks")}, s.inviter_id, NULL)`;
export const WAS_CREDIT = `iif(${isMarked("credited", "s.was_marks")}, s.was_inviter, NULL)`;

/** Columns of somebody who was counted before, as they were then. */
const WAS = "g.inviter_id, g.generation, g.root, g.marks, g.brought, g.qualified";

/** Takes in the next entries of a campaign's ledger, and the next people who were touched otherwise. */
const begin = (db: Db, campaign: SQL, limit: number) => [
  db.q.run(sql`INSERT INTO growth_folds (campaign_id, workspace_id, upto, target, touched, clearing)
    SELECT c.id, c.workspace_id, 0, 0, 0, 0 FROM campaigns c WHERE c.id = ${campaign} ON CONFLICT (campaign_id) DO NOTHING`),
  db.q.run(sql`UPDATE growth_folds SET
      target = iif(clearing, upto, coalesce((SELECT max(id) FROM (SELECT l.id FROM ledger l
        WHERE l.campaign_id = ${campaign} AND l.id > growth_folds.upto ORDER BY l.id LIMIT ${limit})), upto)),
      touched = iif(clearing, 0, coalesce((SELECT max(id) FROM (SELECT t.id FROM growth_touches t
        WHERE t.campaign_id = ${campaign} ORDER BY t.id LIMIT ${limit})), 0))
    WHERE campaign_id = ${campaign}`),
];

const COLUMNS =
  sql.raw(`participant_id, joined_at, via, inviter_id, generation, root, marks, brought, qualified, confirmed,
      was_inviter, was_generation, was_root, was_marks, was_brought, was_qualified`);
/** Somebody begins to count for another one than before, or for nobody. */
const TURNED = sql.raw(`${CREDIT} IS NOT ${WAS_CREDIT}`);

/**
 * The people of the step as they are now, and as they were counted; with those who stand below somebody who was
 * moved. Everybody comes first with the entry of their join, so behind who brought them. Whoever was moved below
 * somebody of whom nothing is counted yet stands below nobody, until the entry that says so is counted.
 */
const gather = (db: Db, campaign: SQL) => [
  db.q.run(sql`INSERT INTO growth_step (${COLUMNS})
    WITH RECURSIVE f AS (SELECT upto, target, touched FROM growth_folds WHERE campaign_id = ${campaign}),
      e AS MATERIALIZED (SELECT l.participant_id AS id, l.kind FROM f CROSS JOIN ledger l
        WHERE l.campaign_id = ${campaign} AND l.id > f.upto AND l.id <= f.target),
      below(id) AS (SELECT id FROM e WHERE kind = 'moved'
        UNION SELECT c.id FROM below CROSS JOIN participants c ON c.inviter_id = below.id),
      t(id, news) AS MATERIALIZED (SELECT id, max(news) FROM (
        SELECT id, kind NOT IN ('joined', 'qualified') AS news FROM e
        UNION ALL SELECT x.participant_id, 1 FROM f CROSS JOIN growth_touches x
          CROSS JOIN growth_people g ON g.participant_id = x.participant_id
          WHERE x.campaign_id = ${campaign} AND x.id <= f.touched
        UNION ALL SELECT below.id, 0 FROM below CROSS JOIN growth_people g ON g.participant_id = below.id) GROUP BY id),
      inside(id) AS MATERIALIZED (SELECT id FROM t)
    SELECT p.id, p.joined_at, ${sql.raw(PART)},
      iif(p.moved_at IS NULL OR v.participant_id IS NOT NULL OR p.moved_to IN inside, p.inviter_id, NULL),
      p.depth + p.level_shift,
      CASE WHEN p.inviter_id IN inside THEN NULL WHEN v.participant_id IS NULL THEN ${sql.raw(PART)} ELSE v.root END,
      ${sql.raw(marksNow("t.news", "g.marks"))}, coalesce(g.brought, 0), ${sql.raw(quarterIn("p.qualified_at"))},
      ${sql.raw(quarterIn(CONFIRMED_AT))}, ${sql.raw(WAS)}
    FROM t CROSS JOIN participants p ON p.id = t.id JOIN invites i ON i.id = coalesce(p.credited_via, p.invited_via)
      LEFT JOIN growth_people g ON g.participant_id = p.id LEFT JOIN growth_people v ON v.participant_id = p.inviter_id`),
  // Inviters for whom somebody comes to count, or no more: nothing else of them changes.
  db.q.run(sql`INSERT INTO growth_step (${COLUMNS})
    SELECT p.id, p.joined_at, 0, ${sql.raw(WAS)}, NULL, ${sql.raw(WAS)}
    FROM (SELECT ${sql.raw(CREDIT)} AS id FROM growth_step s WHERE ${TURNED}
        UNION SELECT ${sql.raw(WAS_CREDIT)} FROM growth_step s WHERE ${TURNED}) v
      CROSS JOIN growth_people g ON g.participant_id = v.id CROSS JOIN participants p ON p.id = v.id
    WHERE true ON CONFLICT (participant_id) DO NOTHING`),
];

/** The roots of those whose inviter is in the step as well, whoever is above first; and how many everybody brought. */
const place = (db: Db) => [
  db.q.run(sql`WITH RECURSIVE down(id, root) AS (
      SELECT s.participant_id, u.root FROM growth_step s CROSS JOIN growth_step u ON u.participant_id = s.inviter_id
        WHERE s.root IS NULL AND u.root IS NOT NULL
      UNION ALL SELECT s.participant_id, down.root FROM down CROSS JOIN growth_step s ON s.inviter_id = down.id WHERE s.root IS NULL)
    UPDATE growth_step SET root = down.root FROM down WHERE growth_step.participant_id = down.id`),
  db.q.run(sql`UPDATE growth_step SET brought = brought + d.n FROM (
      SELECT id, sum(n) AS n FROM (
        SELECT ${sql.raw(CREDIT)} AS id, 1 AS n FROM growth_step s WHERE ${TURNED}
        UNION ALL SELECT ${sql.raw(WAS_CREDIT)}, -1 FROM growth_step s WHERE ${TURNED})
      WHERE id IS NOT NULL GROUP BY id HAVING sum(n) <> 0) d
    WHERE growth_step.participant_id = d.id`),
];

/** The statements that gather the next step of a campaign's count. */
export const gatherStep = (db: Db, campaign: SQL, limit: number) => [
  ...begin(db, campaign, limit),
  ...gather(db, campaign),
  ...place(db),
];

const KEPT = ["inviter_id", "generation", "root", "marks", "brought", "qualified"];

/** The statements that keep what was counted of the step's people, and end it. */
export const endStep = (db: Db, campaign: SQL) => [
  db.q.run(sql`INSERT INTO growth_people (participant_id, ${sql.raw(KEPT.join(", "))})
    SELECT s.participant_id, ${sql.raw(KEPT.map((name) => `s.${name}`).join(", "))} FROM growth_step s
    WHERE s.was_marks IS NULL OR (s.inviter_id, s.generation, s.root, s.marks, s.brought, s.qualified)
      IS NOT (s.was_inviter, s.was_generation, s.was_root, s.was_marks, s.was_brought, s.was_qualified)
    ON CONFLICT (participant_id) DO UPDATE SET ${sql.raw(KEPT.map((name) => `${name} = excluded.${name}`).join(", "))}`),
  db.q.run(sql`DELETE FROM growth_touches WHERE campaign_id = ${campaign}
    AND id <= (SELECT f.touched FROM growth_folds f WHERE f.campaign_id = ${campaign})`),
  db.q.run(sql`UPDATE growth_folds SET upto = target WHERE campaign_id = ${campaign}`),
  db.q.run(sql`DELETE FROM growth_step`),
];
