import { z } from "zod";
import { type IdKind, parseId } from "./id.ts";
import { Problem } from "./problem.ts";

export const MAX_LIMIT = 100;

/** How many rows, in a query. Digits only: `Number` would take 0x10, 1e1 and blanks too. */
export const limitOf = (max: number, untilTold: number) =>
  z
    .preprocess(
      (given) => (typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given),
      z.int().min(1).max(max),
    )
    .default(untilTold);

/** The parameters of every list. */
export const pageQuery = {
  limit: limitOf(MAX_LIMIT, 20),
  cursor: z.string().max(300).optional(),
};

/** What a list was asked for, as the API takes it. */
export type PageQuery = { limit: number; cursor?: string | undefined };

/** One page and the cursors of its neighbours. */
export type Page<T> = { data: T[]; next: string | null; previous: string | null };

/** Where a page begins: beyond `key`, going `after` it or back `before` it. */
export type Position = { direction: "after" | "before"; key: string };

/** A position as an opaque cursor. Keys are ids or numbers: nothing personal. */
export const encodeCursor = ({ direction, key }: Position): string =>
  btoa(`${direction === "after" ? "a" : "b"}${key}`)
    .replace(/=+$/, "")
    .replace(/\+/g, "-")
    .replace(/\//g, "_");

/** The position behind a cursor; null when the text is no cursor. */
export function decodeCursor(cursor: string): Position | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    const text = atob(cursor.replace(/-/g, "+").replace(/_/g, "/"));
    if (!/^[ab][\x20-\x7e]{1,200}$/.test(text)) return null;
    return { direction: text[0] === "a" ? "after" : "before", key: text.slice(1) };
  } catch {
    return null;
  }
}

/**
 * Cuts the `limit + 1` rows that were read beyond `position` (nearest first) into a page in list order.
 * @param keyOf the key that a cursor needs to begin beside a row
 */
export function cutPage<T>(
  rows: readonly T[],
  limit: number,
  position: Position | null,
  keyOf: (row: T) => string,
): Page<T> {
  const back = position?.direction === "before";
  const more = rows.length > limit;
  const cut = rows.slice(0, limit);
  const data = back ? cut.reverse() : cut;
  const [first, last] = [data[0], data.at(-1)];
  const hasNext = back ? position !== null : more;
  const hasPrevious = back ? more : position !== null;
  return {
    data,
    next: hasNext && last !== undefined ? encodeCursor({ direction: "after", key: keyOf(last) }) : null,
    previous:
      hasPrevious && first !== undefined ? encodeCursor({ direction: "before", key: keyOf(first) }) : null,
  };
}

/** What a list asks for: how many rows, and beside which one they begin. */
export type PageAsk = { limit: number; position: Position | null };

/** The `limit` and `cursor` parameters of a list whose rows are ordered by id. */
export function askById(kind: IdKind, query: PageQuery): PageAsk {
  if (query.cursor === undefined) return { limit: query.limit, position: null };
  const position = decodeCursor(query.cursor);
  if (position === null || parseId(kind, position.key) === null) throw badCursor();
  return { limit: query.limit, position };
}

/** The page of rows that `askById` asked for. */
export const cutById = <T extends { id: string }>(rows: readonly T[], ask: PageAsk): Page<T> =>
  cutPage(rows, ask.limit, ask.position, (row) => row.id);

/** The same page, each row as `to` makes it. */
export const mapPage = <T, U>(page: Page<T>, to: (row: T) => U): Page<U> => ({
  ...page,
  data: page.data.map((row) => to(row)),
});

/** The refusal of a cursor that this list did not make. */
export const badCursor = (): Problem =>
  new Problem("invalid_request", "The cursor is not one of this list's.", [
    { path: "?cursor", code: "invalid_cursor", message: "is not a cursor of this list" },
  ]);
