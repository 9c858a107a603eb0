import { isBusy } from "../../store/constraint.ts";
import type { Driver } from "../../store/db.ts";

/** Waits between tries, in milliseconds: about 5 s in all, as long as a file's busy timeout. */
const WAITS = [20, 40, 80, 160, 320, 640, 1280, 2560];

/**
 * Sends a batch again when the server was too busy to begin it. A batch is one transaction, so a
 * refused one has written nothing. Waits are spread out, so that rivals do not return in step.
 */
export const patient =
  (driver: Driver): Driver =>
  async (statements, mode) => {
    for (const wait of WAITS) {
      try {
        return await driver(statements, mode);
      } catch (error) {
        if (!isBusy(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
      }
    }
    return driver(statements, mode);
  };
