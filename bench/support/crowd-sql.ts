import { bitsOf, BUCKET_LEVELS, isCounted, SPARSE, TIME_BITS } from "../../src/domain/board.ts";
import { readCredit } from "../../src/domain/credit.ts";
import { metricOf } from "../../src/domain/metrics/index.ts";
import { orderKey } from "../../src/store/board-position.ts";
import type { Driver, Statement } from "../../src/store/db.ts";

/** The columns of the table `crowd`, where people are staged before they are written as participants. */
export const STAGE = "id at hash code parent via grp depth direct direct_at team team_at".split(" ");

const typeOf = (column: string) => (column === "hash" || column === "code" ? "TEXT" : "INTEGER");

export const openStage: Statement = {
  sql: `CREATE TABLE crowd (${STAGE.map((column) => `${column} ${typeOf(column)}`).join(", ")})`,
  params: [],
};

/** Puts people on the stage: a row each, in the order of `STAGE`. */
export const stage = (rows: unknown[][]): Statement => ({
  sql: `INSERT INTO crowd VALUES ${rows.map(() => `(${STAGE.map(() => "?").join(", ")})`).join(", ")}`,
  params: rows.flat(),
});

/** The tables of which a participant is made, with the row that a real join left there. */
const PATTERNS: { table: string; pattern: string; whom?: string; own?: Record<string, string> }[] = [
  { table: "members", pattern: "id = (SELECT member_id FROM participants WHERE id = ?1)" },
  // Invites come first: people come by those of others of their own part.
  { table: "invites", pattern: "participant_id = ?1" },
  { table: "participants", pattern: "id = ?1" },
  { table: "ledger", pattern: "participant_id = ?1 AND kind = 'joined'" },
  {
    table: "ledger",
    pattern: "participant_id = ?1 AND kind = 'qualified'",
    whom: "c.parent IS NOT NULL",
    // The entry behind the join's; its key is the instant.
    own: { id: "c.id + 1", key: "CAST(c.at + (pattern.key - ?2) AS TEXT)" },
  },
  {
    table: "evaluations",
    pattern:
      "(campaign_id, identity_hash) = (SELECT p.campaign_id, '~' || p.id FROM participants p WHERE p.id = ?1)",
    own: { identity_hash: "'~' || c.id" },
  },
  { table: "credits", pattern: "participant_id = ?1" },
];

/** What a person of the crowd has of their own, column by column; all else is as in the pattern. */
const OWN: Record<string, string> = {
  id: "c.id",
  identity_hash: "c.hash",
  member_id: "c.id",
  participant_id: "c.id",
  parent_id: "c.parent",
  inviter_id: "c.parent",
  depth: "c.depth",
  group_id: "c.grp",
  attempt: "c.id",
  invited_via: "c.via",
  invite_id: "c.via",
  code: "c.code",
  display_name: "'Guest ' || upper(substr(c.code, 1, 4))",
  uses: "c.direct",
};

/** A column's value: an instant is as long after the person's join as the pattern's was. */
const valueOf = (column: string): string =>
  column === "at" || column.endsWith("_at")
    ? `c.at + (pattern.${column} - ?2)`
    : (OWN[column] ?? `pattern.${column}`);

/** The statements that write whoever is staged as participant `pattern`, who joined at `at`, was written. */
export async function copiesOf(driver: Driver, pattern: number, at: number): Promise<Statement[]> {
  const copies = [];
  for (const { table, pattern: which, whom = "true", own = {} } of PATTERNS) {
    const sql = "SELECT name FROM pragma_table_info(?)";
    const [rows = []] = await driver([{ sql, params: [table] }], "read");
    const columns = rows.map(([name]) => String(name));
    const values = columns.map((column) => own[column] ?? valueOf(column));
    const insert = `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")}
      FROM crowd c, (SELECT * FROM ${table} WHERE ${which}) pattern WHERE ${whom} AND ?1 AND ?2`;
    copies.push({ sql: insert, params: [pattern, at] });
  }
  return copies;
}

/** The statements that write the scores of whoever is staged, on every board where the pattern would count. */
export async function talliesOf(driver: Driver, pattern: number): Promise<Statement[]> {
  const sql = `SELECT b.id, b.metric, k.state, k.qualified_at - p.joined_at FROM participants p
    JOIN boards b ON b.campaign_id = p.campaign_id JOIN credits k ON k.participant_id = p.id WHERE p.id = ?`;
  const [rows = []] = await driver([{ sql, params: [pattern] }], "read");
  return (rows as [number, string, number, number | null][]).flatMap(([board, kind, state, stayed]) => {
    const { reach, counts, when } = metricOf(kind);
    const later = when === "joined" ? 0 : stayed;
    if (!counts(readCredit(state)) || later === null) return [];
    const score = reach === "inviter" ? "direct" : "team";
    const insert = `INSERT INTO tallies (board_id, participant_id, score, reached_at, ranked)
      SELECT ?, id, ${score}, ${score}_at + ?, 1 FROM crowd WHERE ${score} > 0`;
    return [{ sql: insert, params: [board, later] }];
  });
}

const BOARDS = "(SELECT id FROM boards WHERE campaign_id = ?1)";

/** What the boards count, from their rows: the buckets of each width from those of a width below that count all. */
const LEVELS = BUCKET_LEVELS.map((level, i) => {
  const finer = BUCKET_LEVELS.slice(0, i).findLast((below) => isCounted(below, SPARSE));
  const [bits, below] = [bitsOf(level), finer === undefined ? 0 : bitsOf(finer)];
  const which = isCounted(level, SPARSE) ? "true" : `wide < ${SPARSE} << ${TIME_BITS - bits}`;
  const from =
    finer === undefined
      ? `SELECT t.board_id, ${level}, ${orderKey} >> ${bits} AS wide, count(*) FROM tallies t INDEXED BY tallies_rank
        WHERE t.ranked = 1 AND t.board_id IN ${BOARDS} AND ${which} GROUP BY t.board_id, wide`
      : `SELECT board_id, ${level}, bucket >> ${bits - below} AS wide, sum(n) FROM board_counts
        WHERE level = ${finer} AND board_id IN ${BOARDS} AND ${which} GROUP BY board_id, wide`;
  return `INSERT INTO board_counts (board_id, level, bucket, n) ${from}`;
});

/** Brings everything that is counted in line with the rows that were written. */
export const sumUp = (campaign: number, poster: number): Statement[] =>
  [
    "DROP TABLE crowd",
    `UPDATE groups SET used = (SELECT count(*) FROM participants p WHERE p.group_id = groups.id)
      WHERE community_id = (SELECT community_id FROM campaigns WHERE id = ?1)`,
    `UPDATE invites SET uses = (SELECT count(*) FROM ledger l WHERE l.campaign_id = ?1 AND l.kind = 'joined'
      AND l.invite_id = ?2) WHERE id = ?2`,
    `DELETE FROM board_counts WHERE board_id IN ${BOARDS}`,
    ...LEVELS,
    `UPDATE boards SET people = (SELECT coalesce(sum(n), 0) FROM board_counts n WHERE n.board_id = boards.id
      AND n.level = ${BUCKET_LEVELS.at(-1)}) WHERE campaign_id = ?1`,
    `UPDATE folds SET version = version + 1, upto = (SELECT max(id) FROM ledger WHERE campaign_id = ?1),
      people = (SELECT count(*) FROM participants WHERE campaign_id = ?1) WHERE campaign_id = ?1`,
  ].map((sql) => ({
    sql,
    params: sql.includes("?2") ? [campaign, poster] : sql.includes("?1") ? [campaign] : [],
  }));

/** Figures that must be equal, of a crowd that is too large to be compared counter by counter. */
export const sumsOf = (campaign: number): Statement => ({
  sql: `SELECT
      (SELECT count(*) FROM participants WHERE campaign_id = ?1) AS people,
      (SELECT people FROM folds WHERE campaign_id = ?1) AS folded,
      (SELECT sum(used) FROM groups) - (SELECT count(*) FROM participants WHERE campaign_id <> ?1 AND group_id > 0) AS seats,
      (SELECT count(*) FROM participants p JOIN credits k ON k.participant_id = p.id WHERE p.campaign_id = ?1) AS credits,
      (SELECT count(*) FROM ledger WHERE campaign_id = ?1 AND kind = 'joined') AS joined,
      (SELECT count(*) FROM participants WHERE campaign_id = ?1 AND inviter_id IS NOT NULL) AS invited,
      (SELECT sum(y.score) FROM tallies y CROSS JOIN boards b ON b.id = y.board_id WHERE b.campaign_id = ?1
        AND b.metric = 'direct') AS direct,
      (SELECT sum(i.uses) FROM invites i WHERE i.campaign_id = ?1 AND i.participant_id IS NOT NULL) AS uses`,
  params: [campaign],
});
