import type { Driver } from "../../store/db.ts";

/** A write that has not come back by then is taken for lost, in milliseconds: its visitor may have gone. */
const LEASE_MS = 6_000;
const MIN_WAIT_MS = 2;
const MAX_WAIT_MS = 12;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Lets an isolate send one write at a time to a libSQL server, which burns its processor where dozens
 * wait for its lock. On Workers a request must not wait for another one's promise, and one that is
 * broken off never says so: so each looks for itself, by its own timer, and a place is only leased.
 */
export function fewWriters(driver: Driver): Driver {
  let writing: { since: number } | null = null;
  const isTaken = () => writing !== null && Date.now() - writing.since < LEASE_MS;
  return async (statements, mode) => {
    if (mode === "read") return driver(statements, mode);
    while (isTaken()) await sleep(MIN_WAIT_MS + Math.random() * (MAX_WAIT_MS - MIN_WAIT_MS));
    const mine = { since: Date.now() };
    writing = mine;
    try {
      return await driver(statements, mode);
    } finally {
      if (writing === mine) writing = null;
    }
  };
}
