import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../test/support/processes.ts";
import { scoped } from "./scope.ts";

const PAGE = Buffer.alloc(4096, 1);
const TIMES = 500;

/**
 * What the least that is durable costs here, in microseconds: a page of a file written over, and the wait for
 * the disk. The median of `TIMES`, which take less than a second on any disk for servers.
 */
export const diskWait = (): Promise<number> =>
  scoped(async (defer) => {
    const folder = await temporaryFolder();
    defer(folder.remove);
    const file = openSync(join(folder.path, "disk"), "w");
    defer(() => closeSync(file));
    for (let n = 0; n < TIMES; n++) writeSync(file, PAGE);
    fsyncSync(file);
    const took = Array.from({ length: TIMES }, (_, n) => {
      const start = performance.now();
      writeSync(file, PAGE, 0, PAGE.length, n * PAGE.length);
      fsyncSync(file);
      return (performance.now() - start) * 1000;
    });
    return took.sort((a, b) => a - b)[TIMES / 2] as number;
  });
