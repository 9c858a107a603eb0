import { defineConfig } from "vitest/config";
import { hasLibsqlServer } from "./test/support/processes.ts";

// Every host runs the same HTTP suite, as a server that is reached over the network.
const HOSTS = {
  "node + file": "node-file",
  "workerd + D1": "workerd-d1",
  ...(hasLibsqlServer() ? { "node + server": "node-server", "workerd + server": "workerd-server" } : {}),
};

if (!hasLibsqlServer()) {
  console.warn("No libSQL server on this machine (it is for Linux on x64): its two hosts are left out.");
}

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts", "test/domain/**/*.test.ts"] } },
      {
        test: {
          name: "processes",
          include: ["test/store/**/*.test.ts", "test/migrations/**/*.test.ts", "test/processes/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      ...Object.entries(HOSTS).map(([name, file]) => ({
        test: {
          name,
          include: ["test/http/**/*.test.ts"],
          globalSetup: [`./test/support/hosts/${file}.ts`],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      })),
    ],
    maxWorkers: 2,
  },
});
