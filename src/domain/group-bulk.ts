import { z } from "zod";
import { CARRIER_KINDS } from "./carriers/index.ts";
import { carrierErrors, groupSettings } from "./group.ts";
import { line } from "./shapes.ts";

const NUMBER = "{n}";
export const MAX_BULK = 200;

/** Numbered groups from a pattern: `{n}` in `name` and `joinUrl` is the number. */
export const groupBulk = z
  .strictObject({
    name: line(110).refine((name) => name.includes(NUMBER), "must contain {n}"),
    joinUrl: line(2000),
    carrier: z.enum(CARRIER_KINDS),
    from: z.int().min(0).max(1_000_000).default(1),
    count: z.int().min(1).max(MAX_BULK),
    ...groupSettings,
  })
  .superRefine((bulk, context) => {
    // The first and the last number: a link that holds for both holds for those between them.
    const faults = [bulk.from, bulk.from + bulk.count - 1].flatMap((n) =>
      carrierErrors({ ...bulk, joinUrl: numbered(bulk.joinUrl, n) }),
    );
    for (const [path, message] of new Map(faults.map(({ path, message }) => [path, message]))) {
      context.addIssue({ code: "custom", path: [path], message });
    }
  });
export type GroupBulk = z.output<typeof groupBulk>;

const numbered = (pattern: string, n: number): string => pattern.replaceAll(NUMBER, String(n));

/** The single groups that a pattern stands for, in the order of their numbers. */
export function expandBulk({ from, count, name, joinUrl, ...shared }: GroupBulk) {
  return Array.from({ length: count }, (_, i) => ({
    ...shared,
    name: numbered(name, from + i),
    joinUrl: numbered(joinUrl, from + i),
  }));
}
