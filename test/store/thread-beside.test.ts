import { setFlagsFromString } from "node:v8";
import { expect, test } from "vitest";
import { threadBeside } from "../../src/runtime/database/thread-beside.ts";

const DATA = { path: "nowhere", busyMs: 0 };
const NO_MODULE = new URL("./there-is-no-such-module.ts", import.meta.url);

// Else it would be waited for as long as one that is in the file: 10 seconds.
test("the end of a thread that never began is not waited for", { timeout: 5_000 }, async () => {
  const gone = new Promise<void>((resolve) => {
    threadBeside(NO_MODULE, DATA, resolve).end(() => {});
  });
  await gone;
});

/** Makes rows and keeps the last thousands, and says how much memory its youngest ever had, in MiB. */
const BUSY = `
  import { getHeapSpaceStatistics } from "node:v8";
  import { parentPort } from "node:worker_threads";
  const kept = [];
  let most = 0;
  for (let n = 0; n < 3_000_000; n++) {
    kept[n % 100_000] = [n, String(n)];
    if (n % 10_000 !== 0) continue;
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    most = Math.max(most, young.space_size / 2 ** 20);
  }
  parentPort.postMessage(most);
`;

test("a thread keeps its own limit of memory for what is brief, whatever the process was started with", async () => {
  // As scripts/start.mjs does.
  setFlagsFromString("--max-semi-space-size=16");
  const module = new URL(`data:text/javascript,${encodeURIComponent(BUSY)}`);
  const most = await new Promise((resolve, reject) => {
    const { worker } = threadBeside(module, DATA, () => reject(new Error("it broke off")));
    worker.ref();
    worker.once("message", resolve);
  });
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(8);
});
