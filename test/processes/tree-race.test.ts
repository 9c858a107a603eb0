import { describe, expect, test } from "vitest";
import { hasLibsqlServer } from "../support/processes.ts";
import { oneFile, oneServer, raceForTree, type Stage } from "./tree-race.ts";

const stages: Record<string, { open: () => Promise<Stage>; joins: number }> = {
  "one file": { open: oneFile, joins: 1000 },
  ...(hasLibsqlServer() ? { "one libSQL server": { open: oneServer, joins: 300 } } : {}),
};

describe.each(Object.entries(stages))(
  "joins, deeds and boards by four processes on %s",
  (_name, { open, joins }) => {
    test(`${joins} joins: the check finds nothing, and boards are what the answers add up to`, async () => {
      const { seconds, did, slowest } = await raceForTree(open, joins);
      console.log(`${joins} joins in ${seconds.toFixed(1)} s, the slowest ${Math.round(slowest)} ms:`, did);
      for (const what of ["board", "leave", "rejoin", "void", "move", "disqualify"]) {
        expect(did[what], what).toBeGreaterThan(0);
      }
    });
  },
);
