import { type Id, parseId } from "./id.ts";
import { badCursor, decodeCursor, encodeCursor } from "./page.ts";

/** A participant as a page of a tree reads it. `lastChildId`: the last one whom they brought. */
export type TreeRow<P> = {
  id: Id;
  inviterId: Id | null;
  lastChildId: Id | null;
  participant: P;
  direct: number;
  team: number;
};

/** A nested node. `children` holds what is on the page, `more` says whether that is not all of them. */
export type TreeNode<P> = {
  participant: P;
  direct: number;
  team: number;
  more: boolean;
  children: TreeNode<P>[];
};

/**
 * Nests a page of those below `rootId`. Inviters stand before those whom they brought, and these in the
 * order of their ids. `branches`: the topmost of those whose inviter is on an earlier page.
 */
export function nestTree<P>(
  rootId: Id,
  rows: readonly TreeRow<P>[],
): { children: TreeNode<P>[]; branches: TreeNode<P>[] } {
  const shown = new Set(rows.map(({ id }) => id));
  const children: TreeNode<P>[] = [];
  const branches: TreeNode<P>[] = [];
  const below = new Map([[rootId, children]]);
  for (const { id, inviterId, lastChildId, participant, direct, team } of rows) {
    const more = lastChildId !== null && !shown.has(lastChildId);
    const node = { participant, direct, team, more, children: [] };
    below.set(id, node.children);
    ((inviterId === null ? undefined : below.get(inviterId)) ?? branches).push(node);
  }
  return { children, branches };
}

/**
 * Where a tree goes on. Its first page has the nearest, level by level, up to `last` of `level`; those
 * behind it come branch by branch and leave them out, from `at` on.
 */
export type TreePosition = {
  depth: number;
  level: number;
  last: Id;
  /** The newest of the campaign when the first page was read: who came later was not on it. */
  newest: Id;
  at: Id;
};

/** A position as an opaque cursor. */
export const treeCursor = ({ depth, level, last, newest, at }: TreePosition): string =>
  keyCursor("tree", [depth, level, last, newest, at]);

/** The position behind a tree's cursor. @throws Problem for another list's */
export function readTreeCursor(cursor: string): TreePosition {
  const [depth, level, last, newest, at] = readKeyCursor("tree", cursor, 5);
  return {
    depth: readCount(depth),
    level: readCount(level),
    last: readPerson(last),
    newest: readPerson(newest),
    at: readPerson(at),
  };
}

/** A cursor that goes on behind a participant, in a list of that name. */
export const personCursor = (list: string, id: Id): string => keyCursor(list, [id]);

/** The participant behind a cursor of that list. @throws Problem for another list's */
export const readPersonCursor = (list: string, cursor: string): Id =>
  readPerson(readKeyCursor(list, cursor, 1)[0]);

const keyCursor = (list: string, parts: readonly (string | number)[]): string =>
  encodeCursor({ direction: "after", key: [list, ...parts].join(".") });

function readKeyCursor(list: string, cursor: string, length: number): string[] {
  const position = decodeCursor(cursor);
  const [name, ...parts] = position?.key.split(".") ?? [];
  if (position?.direction !== "after" || name !== list || parts.length !== length) throw badCursor();
  return parts;
}

function readPerson(text: string | undefined): Id {
  if (text === undefined || parseId("participant", text) === null) throw badCursor();
  return text;
}

/** A place in a list, or a level: a number of at most nine digits. */
export function readCount(text: string | undefined): number {
  if (text === undefined || !/^\d{1,9}$/.test(text)) throw badCursor();
  return Number(text);
}
