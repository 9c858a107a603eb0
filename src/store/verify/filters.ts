import { sql } from "drizzle-orm";
import type { BoardFilter } from "../../domain/board-filter.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import type { CheckedBoard, Head } from "./head.ts";
import type { People } from "./people.ts";

const PAGE = 2000;

type Marks = [
  id: number,
  channel: string | null,
  region: string | number | null,
  tags: string | number | null,
];

const inList = (list: string | number | null, tag: string): boolean =>
  list !== null && `,${list},`.replaceAll(" ", "").includes(`,${tag.replaceAll(" ", "")},`);

const matches = (filter: BoardFilter, [, channel, region, tags]: Marks, level: number): boolean =>
  (filter.channel === undefined || filter.channel === channel) &&
  (filter.region === undefined || filter.region === region) &&
  (filter.tag === undefined || inList(tags, filter.tag)) &&
  (filter.depth === undefined || filter.depth === level);

/** Whom the filters of boards leave out: a function of the board and the place. One pass over the people. */
export async function readFilters(
  db: Db,
  { campaignId, lastId }: Head,
  boards: readonly CheckedBoard[],
  people: People,
  levels: Int32Array,
): Promise<(board: CheckedBoard) => (place: number) => boolean> {
  const filters = new Map<string, { filter: BoardFilter; off: Uint8Array }>();
  for (const { filter } of boards) {
    if (filter === "" || filters.has(filter)) continue;
    const bits = new Uint8Array(Math.ceil(people.ids.length / 8));
    filters.set(filter, { filter: JSON.parse(filter) as BoardFilter, off: bits });
  }
  let place = 0;
  for (let after = 0; filters.size > 0 && place < people.ids.length;) {
    const [texts] = await db.read([
      jsonQuery(
        db,
        sql`SELECT json_array(p.id, i.channel, p.attributes->>'region', p.attributes->>'tags')
          FROM participants p JOIN invites i ON i.id = coalesce(p.credited_via, p.invited_via)
          WHERE p.campaign_id = ${campaignId} AND p.id > ${after} AND p.id <= ${lastId} ORDER BY p.id LIMIT ${PAGE}`,
      ),
    ]);
    const rows = jsonRows<Marks>(texts);
    for (const marks of rows) {
      for (const { filter, off } of filters.values()) {
        if (!matches(filter, marks, levels[place] as number))
          off[place >> 3] = (off[place >> 3] as number) | (1 << (place & 7));
      }
      place++;
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last[0];
  }
  return ({ filter }) => {
    const off = filters.get(filter)?.off;
    return (at) => off !== undefined && ((off[at >> 3] as number) & (1 << (at & 7))) !== 0;
  };
}
