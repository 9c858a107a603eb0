import { z } from "zod";

/** Whom a board ranks. `depth`: how far below a root; `channel`: of the invite that they came by. */
export const boardFilter = z.strictObject({
  channel: z.string().min(1).max(80).optional(),
  region: z.string().min(1).max(80).optional(),
  tag: z.string().min(1).max(80).optional(),
  depth: z.int().min(0).max(1_000_000).optional(),
});
export type BoardFilter = z.output<typeof boardFilter>;

/** A filter as a board keeps it: the same text for the same filter, and empty for none. */
export function filterText({ channel, region, tag, depth }: BoardFilter): string {
  const filter = { channel, region, tag, depth };
  return Object.values(filter).every((one) => one === undefined) ? "" : JSON.stringify(filter);
}
