import { fork } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Actor } from "../../src/domain/key.ts";
import { createDb } from "../../src/store/db.ts";
import { openBulk } from "./bulk.ts";
import { type Crowd, countCrowd, demandWhole, loadCrowd, planCrowd } from "./crowd.ts";
import { scoped } from "./scope.ts";
import { freshDatabase } from "./storage.ts";
import { INSTALLATION, openWorld, type Place, reopenWorld } from "./world.ts";

/** What is to be built, of which installation. */
type Ask = { size: number; path: string; installation: typeof INSTALLATION };

/** What one must know of a built file to open it. */
export type CrowdFile = { actor: Actor; place: Place; crowd: Crowd; bytes: number };

const DAY = 86_400_000;
const CHUNK = 50_000;

/** Builds the file: an installation of 31 days ago, and a crowd that came since. */
async function build({ size, path }: Omit<Ask, "installation">): Promise<CrowdFile> {
  const until = Date.now() - 3_600_000;
  const { plan, place, actor } = await scoped(async (defer) => {
    const world = await openWorld(await freshDatabase("file", defer), defer, () => until - 31 * DAY);
    const place = await world.openCampaign();
    const plan = await planCrowd(world, place, size, until);
    // A copy that nobody has open: a closed connection lives on until its statements are collected.
    await world.driver([{ sql: "VACUUM INTO ?", params: [path] }], "read");
    return { plan, place, actor: world.call.actor };
  });
  const bulk = openBulk(path);
  const crowd = await loadCrowd(plan, { chunk: CHUNK, driver: bulk.driver });
  await countCrowd(createDb(bulk.driver), place.campaignId, until);
  bulk.close();
  const world = { url: `file:${path}`, actor, communityId: place.communityId };
  await scoped(async (defer) => demandWhole((await reopenWorld(world, defer)).driver, plan));
  return { actor, place, crowd, bytes: (await stat(path)).size };
}

const THIS = fileURLToPath(import.meta.url);

/**
 * Builds a crowd's file in a process of its own: what it leaves of 4 GB of memory in pieces has all that is measured
 * afterwards take up to twice as long.
 */
export async function buildCrowdFile(size: number, path: string): Promise<CrowdFile> {
  const child = fork(THIS, ["crowd"]);
  child.send({ size, path, installation: INSTALLATION } satisfies Ask);
  const ended = once(child, "exit");
  const [built] = (await Promise.race([once(child, "message"), ended.then(() => [null])])) as [
    CrowdFile | null,
  ];
  await ended;
  if (built === null) throw new Error(`a crowd of ${size} was not built`);
  return built;
}

/** What the process does: one ask, one answer. */
async function answer({ installation, ...ask }: Ask): Promise<void> {
  Object.assign(INSTALLATION, installation);
  const built = await build(ask);
  process.send?.(built, () => process.disconnect());
}

if (process.argv[1] === THIS && process.argv[2] === "crowd")
  process.once("message", (ask: Ask) => void answer(ask));
