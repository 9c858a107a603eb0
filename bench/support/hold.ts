import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../test/support/processes.ts";
import type { Defer } from "./scope.ts";

let held: string | null = null;

/** How the files of this run's crowds are held in memory; null while there is none. */
export const howHeld = (): string | null => held;

/** Locks a file in memory by a daemon, which answers when that is done. @returns why not, or null */
function lock(path: string, pidFile: string): string | null {
  // What it says goes to the terminal: a daemon that keeps a pipe open would have one wait for its end.
  const { error, status } = spawnSync("vmtouch", ["-q", "-l", "-d", "-w", "-P", pidFile, path], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (error !== undefined) return "vmtouch is not installed";
  return status === 0 ? null : "vmtouch could not lock them";
}

/**
 * Holds a file in memory until `defer` is called, by `vmtouch` of Debian's packages, where it is installed. Some virtual
 * machines give back within a minute what is read and nobody maps (the kernel's DAMON), though they have memory to spare.
 */
export async function hold(path: string, defer: Defer): Promise<void> {
  const folder = await temporaryFolder();
  defer(folder.remove);
  const pidFile = join(folder.path, "pid");
  const failure = lock(path, pidFile);
  held = failure === null ? "held in memory by vmtouch" : `not held in memory (${failure})`;
  if (failure !== null) return console.warn(`The crowds' files are ${held}.`);
  const pid = Number(await readFile(pidFile, "utf8"));
  defer(() => {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It is gone already: what else there is to undo must be.
    }
  });
}
