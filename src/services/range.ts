import { type Quarters, quartersOf, quarterStart } from "../domain/growth.ts";
import { Problem } from "../domain/problem.ts";

/** From one instant on and before another, in milliseconds since 1970; what is left out has no bound. */
export type Range = { from?: number | undefined; to?: number | undefined };

export const rangeFault = (path: string, code: string, message: string): Problem =>
  new Problem("invalid_request", "The time that is asked for makes no sense.", [{ path, code, message }]);

/** The quarters of a range. @throws Problem for one that ends before it begins */
export function readRange({ from, to }: Range, prefix: "from" | "compareFrom" = "from"): Quarters {
  const end = prefix === "from" ? "?to" : "?compareTo";
  if (from !== undefined && to !== undefined && from >= to)
    throw rangeFault(end, "window_reversed", `is not after \`${prefix}\``);
  return quartersOf(from, to);
}

/** A range as it was widened to whole quarters; null where it has no bound. */
export const boundsOf = ({ from, to }: Quarters, given: Range) => ({
  from: given.from === undefined ? null : quarterStart(from),
  to: given.to === undefined ? null : quarterStart(to),
});
export type Bounds = ReturnType<typeof boundsOf>;
