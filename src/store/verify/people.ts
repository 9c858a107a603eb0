import { sql } from "drizzle-orm";
import { NOBODY } from "../../domain/recount/tree.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import type { Collector } from "./difference.ts";
import type { Head } from "./head.ts";
import { checkPerson, type Row } from "./person.ts";

/** People that are read at a time. */
const PAGE = 1000;

/** All people of a campaign, in columns: ten million of them take some 500 MB. */
export type People = {
  ids: Float64Array;
  /** The places of the inviters of today. */
  inviters: Int32Array;
  joinedAt: Float64Array;
  /** What of them is to be in the boards: see `creditState`, or `NOT_FOLDED`; and when they qualified. */
  states: Uint8Array;
  qualifiedAt: Float64Array;
  /** 1: stands on boards; 0: disqualified; or `UNSURE`. */
  ranked: Uint8Array;
  levels: Int32Array;
  /** How many have something that is not folded yet. */
  behind: number;
};

const selectPage = (db: Db, { campaignId, lastId }: Head, after: number) =>
  jsonQuery(
    db,
    sql`SELECT json_array(p.id, p.joined_at, p.left_at, p.qualified_at, p.qualifies_at, p.standing, p.disqualified_at,
        p.parent_id, p.inviter_id, p.depth + p.level_shift, p.seat_state,
        (p.group_id IS NOT NULL) + (p.seat_until IS NOT NULL) * 2 + (p.seat_confirmed_at IS NOT NULL) * 4
          + (p.confirmation_source IS NOT NULL) * 8,
        (SELECT count(*) FROM invites i WHERE i.participant_id = p.id),
        json((SELECT json_array(k.inviter_id, k.state, k.qualified_at) FROM credits k WHERE k.participant_id = p.id)),
        json((SELECT json_group_array(json_array(l.id, l.kind, l.at, l.qualifies_at, l.parent_id))
          FROM ledger l WHERE l.participant_id = p.id)))
      FROM participants p WHERE p.campaign_id = ${campaignId} AND p.id > ${after} AND p.id <= ${lastId}
      ORDER BY p.id LIMIT ${PAGE}`,
  );

/** The place of an id among sorted ids, or `NOBODY`. */
export function placeOf(ids: Float64Array, id: number): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = ids[middle] as number;
    if (at === id) return middle;
    if (at < id) low = middle + 1;
    else high = middle - 1;
  }
  return NOBODY;
}

/** Reads all people of a campaign page by page, and compares each with their entries of the ledger. */
export async function checkPeople(db: Db, head: Head, now: number, found: Collector): Promise<People> {
  const { campaignId, size } = head;
  const inviterIds = new Float64Array(size);
  const people: People = {
    ids: new Float64Array(size),
    inviters: new Int32Array(size),
    joinedAt: new Float64Array(size),
    states: new Uint8Array(size),
    qualifiedAt: new Float64Array(size),
    ranked: new Uint8Array(size),
    levels: new Int32Array(size),
    behind: 0,
  };
  let [place, folded, entries] = [0, 0, 0];
  for (let after = 0; place < size;) {
    const [texts] = await db.read([selectPage(db, head, after)]);
    const rows = jsonRows<Row>(texts);
    for (const row of rows) {
      const person = checkPerson(found, head, row, now);
      people.ids[place] = row[0];
      inviterIds[place] = person.inviterId ?? NOBODY;
      people.joinedAt[place] = row[1];
      people.states[place] = person.state;
      people.qualifiedAt[place] = person.qualifiedAt ?? -1;
      people.ranked[place] = person.ranked;
      people.levels[place] = row[9];
      people.behind += person.isBehind ? 1 : 0;
      folded += person.isFolded ? 1 : 0;
      entries += person.entries;
      place++;
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last[0];
  }
  found.compare("entries", campaignId, campaignId, head.entries, entries);
  found.compare("people folded", campaignId, campaignId, head.peopleFolded, folded);
  for (let i = 0; i < size; i++) {
    const inviter = inviterIds[i] as number;
    people.inviters[i] = inviter === NOBODY ? NOBODY : placeOf(people.ids, inviter);
  }
  return people;
}
