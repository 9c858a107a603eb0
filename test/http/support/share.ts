import { inject } from "vitest";

/** The quickest host does all of what is the code's own matter; of the others each does another third. */
const SHARES: Record<string, number> = { "workerd + D1": 0, "node + server": 1, "workerd + server": 2 };

/** Whether this host does all of it. */
export const doesAll = (): boolean => SHARES[inject("projectName")] === undefined;

/**
 * What this host tries of many cases whose outcome is decided before its database or its platform comes in. Cases
 * are dealt out as cards are after shuffling, so that each value meets a third of all operations on each host.
 */
export function shareOf<T>(all: readonly T[]): T[] {
  const mine = SHARES[inject("projectName")];
  if (mine === undefined) return [...all];
  return all.filter((_, i) => (Math.imul(i, 0x9e3779b1) >>> 16) % 3 === mine);
}
