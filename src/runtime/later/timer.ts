import { errorName } from "../../domain/errors.ts";
import type { Log } from "../log.ts";
import type { Ports } from "../ports.ts";

/** Work that failed: its name alone, for a message may hold anything. */
export const logFailure = (log: Log, key: string) => (error: unknown) =>
  log.error("later", { key, name: errorName(error) });

/** `later` on a host that goes on living: a timer a key. It keeps no process from ending. */
export const timerLater = (log: Log): Ports["later"] => {
  const waiting = new Set<string>();
  return (key, ms, work) => {
    if (waiting.has(key)) return;
    waiting.add(key);
    const start = () => {
      waiting.delete(key);
      work().catch(logFailure(log, key));
    };
    setTimeout(start, ms).unref();
  };
};
