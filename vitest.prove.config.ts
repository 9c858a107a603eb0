import { defineConfig } from "vitest/config";

/** The long proofs: `npm run prove`. */
export default defineConfig({
  test: {
    reporters: ["verbose", "./test/support/reporter.ts"],
    include: ["test/prove/**/*.prove.ts"],
    testTimeout: 60 * 60_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
