import { describe, expect, test } from "vitest";
import { hasLibsqlServer } from "../support/processes.ts";
import { oneFile, oneServer, raceForTree, type Stage } from "../processes/tree-race.ts";

const JOINS = 50_000;
const stages: Record<string, () => Promise<Stage>> = {
  "one file": oneFile,
  ...(hasLibsqlServer() ? { "one libSQL server": oneServer } : {}),
};

describe.each(Object.entries(stages))("50,000 joins by four processes on %s", (_name, open) => {
  test("with deeds and boards meanwhile: the check finds nothing, and boards are what the answers add up to", async () => {
    const { seconds, did, slowest } = await raceForTree(open, JOINS);
    console.log(`${JOINS} joins in ${seconds.toFixed(0)} s, the slowest ${Math.round(slowest)} ms:`, did);
    for (const what of [
      "board",
      "leave",
      "rejoin",
      "void",
      "remove",
      "restore",
      "move",
      "disqualify",
      "reinstate",
    ]) {
      expect(did[what], what).toBeGreaterThan(50);
    }
  });
});
