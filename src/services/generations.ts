import { addPeople, type Generation, nobody } from "../domain/generations.ts";
import type { Id } from "../domain/id.ts";
import { badCursor } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import { personCursor, readPersonCursor } from "../domain/tree.ts";
import { countPart } from "../store/tree/part.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { readFolded } from "./freshness.ts";

/** People who are counted in one read, and reads of one request: a larger subtree is counted in several. */
const BOUNDS = { part: 20_000, parts: 50 };

/** How many came so many levels below a person. */
export type Generations = {
  data: ({ level: number } & Generation)[];
  /** All levels below the deepest that is told by itself; null when there are none. */
  deeper: Generation | null;
  next: string | null;
};

/** Lets others have their turn: on an embedded file, reads come back in the same one. */
const breathe = () =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, 0);
  });

/**
 * Counts the people below a participant by level, in time proportional to how many they are. More than a
 * million come in several answers, to be added up.
 * @param levels how many levels are told one by one
 */
export async function readGenerations(
  call: Call,
  id: Id,
  { levels, cursor }: { levels: number; cursor?: string | undefined },
  bounds = BOUNDS,
): Promise<Generations> {
  demand(call, "read");
  const { ports } = call;
  let at = cursor === undefined ? id : readPersonCursor("generations", cursor);
  const read = async (now: number) => {
    const part = { root: id, at, depth: null, limit: bounds.part };
    return found(await countPart(ports.db, tenantOf(call), part, levels, now), "participant");
  };
  const counted = new Map<number, Generation>();
  let next: string | null = null;
  for (let n = 1; ; n++) {
    const first = n === 1;
    const part = first
      ? await readFolded(ports, ({ campaignId }) => campaignId, false, read)
      : await read(ports.now());
    if (part.last === null) {
      if (first) throw badCursor();
      throw new Problem("busy", "People of this tree are being moved right now. Try again.");
    }
    for (const { level, state, people } of part.levels) {
      const generation = counted.get(level) ?? nobody();
      addPeople(generation, state, people);
      counted.set(level, generation);
    }
    if (!part.more) break;
    at = part.last;
    if (n === bounds.parts) {
      next = personCursor("generations", at);
      break;
    }
    await breathe();
  }
  const told = [...counted].filter(([level]) => level <= levels).toSorted(([a], [b]) => a - b);
  return {
    data: told.map(([level, generation]) => ({ level, ...generation })),
    deeper: counted.get(levels + 1) ?? null,
    next,
  };
}
