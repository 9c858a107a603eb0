import { creditState, isOut, type Standing, STANDINGS } from "../../domain/credit.ts";
import type { EntryKind } from "../../domain/ledger.ts";
import { recountPerson, type Recounted } from "../../domain/recount/person.ts";
import type { Collector, What } from "./difference.ts";
import type { Head } from "./head.ts";

/** Of somebody whose credit is in no board. */
export const NOT_FOLDED = 255;

/** Of somebody who was disqualified or reinstated, and is not folded yet. */
export const UNSURE = 2;

/** A participant as the check reads them, with their credit and all their entries. */
export type Row = [
  id: number,
  joinedAt: number,
  leftAt: number | null,
  qualifiedAt: number | null,
  qualifiesAt: number | null,
  standing: Standing | null,
  disqualifiedAt: number | null,
  parentId: number | null,
  inviterId: number | null,
  level: number,
  seatState: string | null,
  seat: number,
  ownInvites: number,
  credit: [inviterId: number | null, state: number, qualifiedAt: number | null] | null,
  entries: [id: number, kind: EntryKind, at: number, qualifiesAt: number | null, parentId: number | null][],
];

/** What of them is to be in the boards, and how far they are folded. */
type Checked = {
  inviterId: number | null;
  state: number;
  qualifiedAt: number | null;
  ranked: number;
  isFolded: boolean;
  isBehind: boolean;
  /** How many entries they have of those that the check knows of. */
  entries: number;
};

/** What `(qualified_at, qualifies_at)` are to be. What is due may wait for the clock to say so. */
function qualifying({ qualifies }: Recounted, row: Row, now: number): [number | null, number | null] {
  const [, , , qualifiedAt, qualifiesAt, , , , , , , , , , entries] = row;
  if (qualifies === null) return [null, null];
  const { at, sure } = qualifies;
  const told = sure || entries.some(([, kind, instant]) => kind === "qualified" && instant === at);
  if (told) return [at, null];
  if (qualifiedAt === null && qualifiesAt === at) return [null, at];
  return at <= now ? [at, null] : [null, at];
}

const SEAT_PARTS: Record<string, number> = { reserved: 3, confirmed: 13 };

/** Compares one person with their entries, and says what of them is to be in the boards. */
export function checkPerson(found: Collector, head: Head, row: Row, now: number): Checked {
  const [id, joinedAt, leftAt, qualifiedAt, qualifiesAt, standing, disqualifiedAt, parentId, inviterId] = row;
  const [, , , , , , , , , , seatState, seat, ownInvites, , entries] = row;
  const told = entries.map(([entry, kind, at, due, parent]) => ({
    id: entry,
    kind,
    at,
    qualifiesAt: due,
    parentId: parent,
  }));
  const derived = recountPerson(joinedAt, told);
  const [qualified, foreseen] = qualifying(derived, row, now);
  const gone = derived.leftAt !== null || isOut(derived.standing);
  const compare = (what: What, stored: number | null, value: number | null) =>
    found.compare(what, id, head.campaignId, stored, value);
  compare("joined entries", told.filter(({ kind }) => kind === "joined").length, 1);
  compare("left", leftAt, derived.leftAt);
  compare("qualified", qualifiedAt, qualified);
  compare("qualifies", qualifiesAt, foreseen);
  compare("standing", STANDINGS.indexOf(standing ?? "good"), STANDINGS.indexOf(derived.standing));
  compare("disqualified", disqualifiedAt, derived.disqualifiedAt);
  compare("parent", parentId, derived.parentId);
  compare("inviter", inviterId, derived.inviterId);
  compare("seat", seat, gone ? 0 : (SEAT_PARTS[seatState ?? ""] ?? 0));
  compare("own invites", ownInvites, 1);
  return checkCredit(found, head, row, derived, qualified);
}

/** Compares a credit with what the person's entries give, as far as they are folded. */
function checkCredit(
  found: Collector,
  { campaignId, upto, lastEntry }: Head,
  row: Row,
  { leftAt, standing, disqualifiedAt, inviterId }: Recounted,
  qualified: number | null,
): Checked {
  const [id, , , , , , , , , , , , , credit, entries] = row;
  const unfolded = entries.filter(([entry]) => entry > upto);
  const isFolded = unfolded.length < entries.length;
  const isBehind = unfolded.length > 0;
  const state = creditState({ present: leftAt === null, qualified: qualified !== null, standing });
  const compare = (what: What, stored: number | null, value: number | null) =>
    found.compare(what, id, campaignId, stored, value);
  if (credit === null) compare("credit", null, isFolded ? state : null);
  else if (!isFolded) compare("credit", credit[1], null);
  else {
    compare("inviter of the credit", credit[0], inviterId);
    // Whoever nobody brought counts for nobody: the rest of their credit is not kept up.
    if (!isBehind && inviterId !== null) {
      compare("credit", credit[1], state);
      compare("instant of the credit", credit[2], qualified);
    }
  }
  // Who has entries that are not folded is in the boards as their credit says.
  const inBoards = isBehind ? credit : [inviterId, state, qualified];
  const isJudged = unfolded.some(([, kind]) => kind === "disqualified" || kind === "reinstated");
  return {
    inviterId,
    state: isFolded ? (inBoards?.[1] ?? NOT_FOLDED) : NOT_FOLDED,
    qualifiedAt: inBoards?.[2] ?? null,
    ranked: isJudged ? UNSURE : disqualifiedAt === null ? 1 : 0,
    isFolded,
    isBehind,
    entries: entries.filter(([entry]) => entry <= lastEntry).length,
  };
}
