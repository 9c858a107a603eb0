import { defineConfig } from "vitest/config";
import { hasChromium } from "./test/support/browser.ts";
import { hasLibsqlServer } from "./test/support/processes.ts";
import LongFirst from "./test/support/sequencer.ts";

// Every host runs the same HTTP suite, as a server that is reached over the network.
const HOSTS = {
  "node + file": "node-file",
  "workerd + D1": "workerd-d1",
  ...(hasLibsqlServer() ? { "node + server": "node-server", "workerd + server": "workerd-server" } : {}),
};

// Far beyond what anything takes, also on a slow machine that does other things: only what hangs is ended.
const PATIENT = { testTimeout: 120_000, hookTimeout: 120_000 };

// Files of one worker share their modules, which nothing in them changes: loading them anew took a third of the time.
const SHARED = { ...PATIENT, isolate: false };

// The prospect's pages on a real phone-sized browser, which a fresh machine need not have.
const BROWSER = {
  test: {
    name: "browser",
    include: ["test/browser/**/*.test.ts"],
    globalSetup: ["./test/support/hosts/node-file.ts"],
    ...SHARED,
  },
};

if (!hasLibsqlServer()) {
  console.warn("No libSQL server on this machine (it is for Linux on x64): its two hosts are left out.");
}
if (!hasChromium()) {
  console.warn(
    "No Chromium on this machine (set CHROMIUM to the path of one): the browser tests are left out.",
  );
}

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts", "test/domain/**/*.test.ts"], ...SHARED } },
      {
        test: {
          name: "processes",
          include: ["test/store/**/*.test.ts", "test/migrations/**/*.test.ts", "test/processes/**/*.test.ts"],
          ...PATIENT,
        },
      },
      ...(hasChromium() ? [BROWSER] : []),
      ...Object.entries(HOSTS).map(([name, file]) => ({
        test: {
          name,
          include: ["test/http/**/*.test.ts"],
          globalSetup: [`./test/support/hosts/${file}.ts`],
          ...SHARED,
        },
      })),
    ],
    sequence: { sequencer: LongFirst },
    // One more than the two processors of a small machine: tests of clocks and screens wait most of their time.
    maxWorkers: 3,
  },
});
