import { sql } from "drizzle-orm";
import { formatId, type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { allTimeBoard, stateNow } from "../fold/terms.ts";
import type { Tenant } from "../tenant.ts";
import { branchByBranch, type Head, headOf, type Part, readHead } from "./walk.ts";

/** A line of an export. `level` is 0 for the person whose subtree it is; `state` as in `creditState`. */
export type Line = {
  id: Id;
  inviterId: Id | null;
  level: number;
  displayName: string;
  direct: number;
  team: number;
  state: number;
};

/** The score of participant `p` on the board of all time of the campaign of `root`. */
const scoreOf = (root: Id, metric: string) => {
  const campaign = sql`(SELECT q.campaign_id FROM participants q WHERE q.id = ${parseId("participant", root)})`;
  return sql`coalesce((SELECT y.score FROM tallies y WHERE y.board_id = ${allTimeBoard(campaign, metric)}
    AND y.participant_id = p.id), 0)`;
};

/** A part of a subtree, branch by branch; see `branchByBranch`. One read; undefined: no such participant. */
export async function readLines(
  db: Db,
  tenant: Tenant,
  part: Part,
  now: number,
): Promise<(Head & { lines: Line[] }) | undefined> {
  const [heads, rows] = await db.readAside([
    headOf(db, tenant, part.root, now),
    jsonQuery(
      db,
      sql`WITH part AS MATERIALIZED (${branchByBranch(tenant, part)})
        SELECT json_array(p.id, p.inviter_id, part.level, p.display_name, ${scoreOf(part.root, "direct")},
          ${scoreOf(part.root, "team")}, ${stateNow})
        FROM part CROSS JOIN participants p ON p.id = part.id ORDER BY part.n`,
    ),
  ]);
  const head = readHead(heads);
  if (head === undefined) return undefined;
  type Stored = [number, number | null, number, string, number, number, number];
  const lines = jsonRows<Stored>(rows).map(([id, inviter, level, displayName, direct, team, state]) => ({
    id: formatId("participant", id),
    inviterId: inviter === null ? null : formatId("participant", inviter),
    level,
    displayName,
    direct,
    team,
    state,
  }));
  return { ...head, lines };
}

/** People of one level and one state (see `creditState`) in a part of a subtree. */
export type LevelCount = { level: number; state: number; people: number };

export type PartCount = Head & {
  /** Whoever comes last; null: nobody stands at the beginning (any more). */
  last: Id | null;
  more: boolean;
  /** Without whoever stands at the beginning. Levels below `deepest` are counted one below it. */
  levels: LevelCount[];
};

/**
 * Counts a part of a subtree by level and state: those behind `at`, so many as `limit` says. One read;
 * undefined: no such participant.
 */
export async function countPart(
  db: Db,
  tenant: Tenant,
  { limit, ...from }: Part,
  deepest: number,
  now: number,
): Promise<PartCount | undefined> {
  // Whoever stands at the beginning, those who are counted, and one more.
  const part = branchByBranch(tenant, { ...from, limit: limit + 2 });
  const [heads, rows] = await db.readAside([
    headOf(db, tenant, from.root, now),
    jsonQuery(
      db,
      sql`WITH part AS MATERIALIZED (${part})
        SELECT json_object('more', (SELECT count(*) FROM part) > ${limit + 1},
          'last', (SELECT id FROM part WHERE n <= ${limit + 1} ORDER BY n DESC LIMIT 1),
          'levels', json((SELECT json_group_array(json_object('level', level, 'state', state, 'people', people)) FROM (
            SELECT min(part.level, ${deepest + 1}) AS level, ${stateNow} AS state, count(*) AS people
            FROM part CROSS JOIN participants p ON p.id = part.id
            WHERE part.n BETWEEN 2 AND ${limit + 1} GROUP BY 1, 2))))`,
    ),
  ]);
  const head = readHead(heads);
  const [count] = jsonRows<{ more: number; last: number | null; levels: LevelCount[] }>(rows);
  if (head === undefined || count === undefined) return undefined;
  const { more, last, levels } = count;
  return { ...head, last: last === null ? null : formatId("participant", last), more: more === 1, levels };
}
