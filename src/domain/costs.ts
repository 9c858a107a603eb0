import { z } from "zod";
import { line } from "./shapes.ts";

/** The most sources that a campaign can have costs for. */
const MAX_COSTS = 500;

/** What a source cost. `channel` null: the participants' own invites, rewards say. */
const cost = z.strictObject({
  channel: line(60).nullable(),
  medium: line(60)
    .nullish()
    .transform((medium) => medium ?? null),
  /** In the currency's minor unit: cents, 分. */
  amount: z.int().min(0).max(1_000_000_000_000),
  currency: z.string().regex(/^[A-Z]{3}$/, "is not a currency's code, as in CNY"),
});
export type Cost = z.output<typeof cost>;

/** Channel and medium as one key. */
export const sourceKey = ({ channel, medium }: Pick<Cost, "channel" | "medium">): string =>
  JSON.stringify([channel, medium]);

const uniqueSources = (costs: readonly Cost[]): boolean =>
  new Set(costs.map(sourceKey)).size === costs.length;

/** All costs of a campaign: what is set takes the place of what was. */
export const costsInput = z.strictObject({
  costs: z.array(cost).max(MAX_COSTS).refine(uniqueSources, "names a source twice"),
});
