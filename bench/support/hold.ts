import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Defer } from "./scope.ts";

/** Why a file is not held, by its path; null where it is. */
const failures = new Map<string, string | null>();

/** How the files of this run's crowds are held in memory; null while there is none. */
export function howHeld(): string | null {
  if (failures.size === 0) return null;
  const failure = [...failures.values()].find((one) => one !== null);
  return failure === undefined ? "held in memory by vmtouch" : `not held in memory (${failure})`;
}

/** What `stdbuf` ends with where there is no such program. */
const NO_PROGRAM = 127;

/** Locks a file in memory, until `defer` is called, and waits until that is done. @returns why not, or null */
async function lock(path: string, defer: Defer): Promise<string | null> {
  // By the line, or what it says is kept back. And it ends with this process, however that ends.
  const program = ["--pdeathsig", "KILL", "stdbuf", "-oL", "vmtouch", "-l", path];
  const child = spawn("setpriv", program, { stdio: ["ignore", "pipe", "inherit"] });
  const failed = Promise.race([
    once(child, "error").then(() => "there is no setpriv"),
    once(child, "exit").then(([code]) =>
      code === NO_PROGRAM ? "vmtouch is not installed" : "vmtouch could not lock them",
    ),
  ]);
  const locked = once(child.stdout, "data").then(() => null);
  const failure = await Promise.race([locked, failed]);
  if (failure !== null) return failure;
  defer(async () => {
    child.kill();
    await failed;
  });
  return null;
}

/**
 * Holds a file in memory until `defer` is called, by `vmtouch` of Debian's packages, where it is installed; again, it
 * does nothing. Some virtual machines give back within a minute what is read and nobody maps (the kernel's DAMON), though
 * they have memory to spare.
 */
export async function hold(path: string, defer: Defer): Promise<void> {
  if (failures.has(path)) return;
  failures.set(path, await lock(path, defer));
  if (failures.get(path) !== null) console.warn(`The crowds' files are ${howHeld()}.`);
}
