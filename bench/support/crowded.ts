import { stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../test/support/processes.ts";
import { openBulk } from "./bulk.ts";
import { awaken } from "./awaken.ts";
import { createDb } from "../../src/store/db.ts";
import { type Crowd, countCrowd, demandWhole, loadCrowd, planCrowd } from "./crowd.ts";
import { type Defer, scoped } from "./scope.ts";
import { freshDatabase } from "./storage.ts";
import { openWorld, type Place, reopenWorld, type World } from "./world.ts";

/** A world whose first campaign has a crowd. */
export type Crowded = { world: World; place: Place; crowd: Crowd };

const DAY = 86_400_000;
const CHUNK = 50_000;
/** What a participant takes on the disk with all indexes, and as much again to work with. */
const BYTES_A_HEAD = 2_000;

const built = new Map<
  number,
  Promise<Omit<Crowded, "world"> & { world: Pick<World, "url" | "call" | "communityId"> }>
>();

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

/** Builds the file: an installation of 31 days ago, and a crowd that came since. */
async function build(size: number, run: Defer) {
  const start = performance.now();
  const folder = await temporaryFolder();
  run(folder.remove);
  const path = join(folder.path, "crowd.db");
  const until = Date.now() - 3_600_000;
  const { plan, place, world } = await scoped(async (defer) => {
    const world = await openWorld(await freshDatabase("file", defer), defer, () => until - 31 * DAY);
    const place = await world.openCampaign();
    const plan = await planCrowd(world, place, size, until);
    // A copy that nobody has open: a closed connection lives on until its statements are collected.
    await world.driver([{ sql: "VACUUM INTO ?", params: [path] }], "read");
    return { world: { ...world, url: `file:${path}` }, place, plan };
  });
  const bulk = openBulk(path);
  const crowd = await loadCrowd(plan, { chunk: CHUNK, driver: bulk.driver });
  await countCrowd(createDb(bulk.driver), place.campaignId, until);
  bulk.close();
  await scoped(async (defer) => demandWhole((await reopenWorld(world, defer)).driver, plan));
  const seconds = Math.round((performance.now() - start) / 1000);
  const bytes = Math.round((await stat(path)).size / size);
  console.log(`${sizeText(size)} participants: ${seconds} s, ${bytes} bytes each.`);
  return { world, place, crowd };
}

/**
 * Opens a world with a crowd of `size`, whose file is in the system's memory as far as there is room for it. It is built
 * once a run, and every section adds to it.
 */
export async function crowdedWorld(size: number, run: Defer, defer: Defer): Promise<Crowded> {
  const known = built.get(size) ?? build(size, run);
  built.set(size, known);
  const { world, place, crowd } = await known;
  if (!(await awaken(fileURLToPath(new URL(world.url)))))
    console.warn(`${sizeText(size)} participants have more than this machine's memory holds.`);
  return { world: await reopenWorld(world, defer), place, crowd };
}
