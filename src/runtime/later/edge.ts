import { waitUntil } from "cloudflare:workers";
import type { Log } from "../log.ts";
import type { Ports } from "../ports.ts";
import { logFailure } from "./timer.ts";

/** A request may be broken off while it waits: after so many milliseconds its key is free again. */
const LEASE_MS = 2000;

/** `later` on Workers: within the time that the platform grants a request after its answer. */
export const edgeLater = (log: Log): Ports["later"] => {
  const waiting = new Map<string, number>();
  return (key, ms, work) => {
    const now = Date.now();
    if (now - (waiting.get(key) ?? 0) < LEASE_MS) return;
    if (waiting.size > 1000) waiting.clear();
    waiting.set(key, now);
    const start = async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      waiting.delete(key);
      await work();
    };
    waitUntil(start().catch(logFailure(log, key)));
  };
};
