import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "../../test/support/processes.ts";
import { awaken } from "./awaken.ts";
import type { Crowd } from "./crowd.ts";
import { buildCrowdFile, type CrowdFile } from "./crowd-file.ts";
import { hold } from "./hold.ts";
import type { Defer } from "./scope.ts";
import { type Place, reopenWorld, type World } from "./world.ts";

/** A world whose first campaign has a crowd. */
export type Crowded = { world: World; place: Place; crowd: Crowd };

/** What a participant takes on the disk with all indexes, and as much again to work with. */
const BYTES_A_HEAD = 2_000;

type Built = CrowdFile & { path: string };

const built = new Map<number, Promise<Built>>();

/** A number of participants as it is written: 10k, 1M. */
export const sizeText = (size: number): string =>
  size >= 1_000_000 ? `${size / 1_000_000}M` : size >= 1_000 ? `${size / 1_000}k` : String(size);

/** Those of some sizes for whose crowds the temporary folder's disk has room, and a note on the others. */
export async function sizesWithRoom(
  wanted: readonly number[],
): Promise<{ sizes: number[]; notes: string[] }> {
  const { bavail, bsize } = await statfs(tmpdir());
  let room = bavail * bsize;
  const [sizes, notes]: [number[], string[]] = [[], []];
  for (const size of wanted) {
    const needs = built.has(size) ? 0 : size * BYTES_A_HEAD;
    if (needs <= room) sizes.push(size);
    else
      notes.push(
        `${sizeText(size)} participants were left out: they need ${Math.ceil(needs / 2 ** 30)} GiB of disk.`,
      );
    room -= needs <= room ? needs : 0;
  }
  for (const note of notes) console.warn(note);
  return { sizes, notes };
}

async function build(size: number, run: Defer): Promise<Built> {
  const start = performance.now();
  const folder = await temporaryFolder();
  run(folder.remove);
  const path = join(folder.path, "crowd.db");
  const built = await buildCrowdFile(size, path);
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`${sizeText(size)} participants: ${seconds} s, ${Math.round(built.bytes / size)} bytes each.`);
  return { ...built, path };
}

/**
 * Opens a world with a crowd of `size`, whose file is in the system's memory as far as there is room for it. It is built
 * once a run, and every section adds to it.
 */
export async function crowdedWorld(size: number, run: Defer, defer: Defer): Promise<Crowded> {
  const known = built.get(size) ?? build(size, run);
  built.set(size, known);
  const { path, actor, place, crowd } = await known;
  if (await awaken(path)) await hold(path, run);
  else console.warn(`${sizeText(size)} participants have more than this machine's memory holds.`);
  const world = { url: `file:${path}`, actor, communityId: place.communityId };
  return { world: await reopenWorld(world, defer), place, crowd };
}
