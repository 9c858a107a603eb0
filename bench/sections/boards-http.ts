import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../test/support/processes.ts";
import { picker } from "../support/board-asks.ts";
import { crowdedWorld, sizesWithRoom, sizeText } from "../support/crowded.ts";
import { get, httpRate, loaderBusy } from "../support/http-load.ts";
import { compete, type Entry, type Slice } from "../support/rounds.ts";
import { type Defer, scoped } from "../support/scope.ts";
import type { Row, Section } from "../support/section.ts";
import { APP, buildFloor, startServer } from "../support/server.ts";
import { INSTALLATION } from "../support/world.ts";

const CONNECTIONS = 32;
const SLICE_MS = 500;
const LIMITS = [20, 100];
const SMALL = 100_000;

/** One question in many spellings: each is another address, so no two that wait are answered by one read. */
function spellings(limit: number): string[] {
  const orders = (words: string[]): string[][] =>
    words.length === 0
      ? [[]]
      : words.flatMap((word) => orders(words.filter((one) => one !== word)).map((rest) => [word, ...rest]));
  const all = orders([`limit=${limit}`, "metric=direct", "period=all", "fresh=false", "format=json"]);
  return all.slice(0, 2 * CONNECTIONS).map((words) => words.join("&"));
}

/** The same requests again and again, in turns; every answer must be 200 and as long as the first. */
function asking(url: string, paths: readonly string[], bytes: number): Slice {
  const requests = paths.map((path) => get(path, "application/json", INSTALLATION.QROVE_ADMIN_KEY));
  let turn = 0;
  const check = (status: number, body: Buffer) => {
    if (status !== 200 || body.length !== bytes) throw new Error(`${status}: ${body.toString()}`);
  };
  return (ms) =>
    httpRate(
      { url, width: CONNECTIONS, next: () => requests[turn++ % requests.length] as string, check },
      ms,
    );
}

/** A bare server that answers a text, in a process started as the product's is. */
async function startFloor(entry: string, text: string, defer: Defer): Promise<string> {
  const folder = await temporaryFolder();
  defer(folder.remove);
  const file = join(folder.path, "body.json");
  await writeFile(file, text);
  return (await startServer(entry, { BODY_FILE: file }, defer)).url;
}

/** The product with a crowd, in a process of its own. */
async function startWith(size: number, run: Defer, defer: Defer) {
  const crowded = await crowdedWorld(size, run, defer);
  const { url } = await startServer(APP, { DATABASE_URL: crowded.world.url, ...INSTALLATION }, defer);
  return { crowded, app: url };
}

/** The rank of somebody else each time, from all over the board. */
async function ranking(size: number, run: Defer, defer: Defer): Promise<Slice> {
  const { crowded, app } = await startWith(size, run, defer);
  const { pick } = await picker(crowded);
  const next = () =>
    get(`/v1/participants/${pick().id}/rank?metric=direct`, "application/json", INSTALLATION.QROVE_ADMIN_KEY);
  const check = (status: number, body: Buffer) => {
    if (status !== 200) throw new Error(`${status}: ${body.toString()}`);
  };
  return (ms) => httpRate({ url: app, width: CONNECTIONS, next, check }, ms);
}

/** One person's rank on a small board and on a large one. */
async function rankGrowth(size: number, run: Defer, defer: Defer): Promise<Row[]> {
  const base = `rank of ${sizeText(SMALL)}`;
  const bases = { [base]: await ranking(SMALL, run, defer) };
  const name = `rank, from ${sizeText(SMALL)} to ${sizeText(size)}`;
  const slice = await ranking(size, run, defer);
  return compete(bases, [{ case: name, unit: "requests/s", base, slice, aim: 1.5 }], SLICE_MS);
}

async function measure(size: number, entry: string, run: Defer, defer: Defer): Promise<Row[]> {
  const { crowded, app } = await startWith(size, run, defer);
  const { place } = crowded;
  const bases: Record<string, Slice> = {};
  const entries: Entry[] = [];
  for (const limit of LIMITS) {
    const path = `/v1/campaigns/${place.campaignId}/leaderboard`;
    const headers = { Authorization: `Bearer ${INSTALLATION.QROVE_ADMIN_KEY}` };
    const text = await (await fetch(`${app}${path}?limit=${limit}`, { headers })).text();
    const bytes = Buffer.byteLength(text);
    const base = `bare ${limit}`;
    bases[base] = asking(await startFloor(entry, text, defer), ["/floor"], bytes);
    const name = `${sizeText(size)}, ${limit} rows, ${bytes.toLocaleString("en-GB")} bytes`;
    const [same, other] = [[`${path}?limit=${limit}`], spellings(limit).map((words) => `${path}?${words}`)];
    entries.push(
      { case: name, unit: "requests/s", base, slice: asking(app, same, bytes), aim: 2 },
      { case: `${name}, each asked otherwise`, unit: "requests/s", base, slice: asking(app, other, bytes) },
    );
  }
  return compete(bases, entries, SLICE_MS);
}

/** The leaderboard over HTTP against a server that only answers. */
export const boardsOverHttp: Section = {
  name: "boards-http",
  title: "The leaderboard over HTTP",
  about:
    `GET /v1/campaigns/{id}/leaderboard with a key, ${CONNECTIONS} connections, nothing left to fold or count. Base: bare Hono on the same adapter, in a process ` +
    "started the same way, that turns the same values into JSON for everybody, without a key, a check or a database. " +
    "Who asks the same at the same moment shares a read of the database; “each asked otherwise” has none shared. The " +
    "rank: GET /v1/participants/{id}/rank of people from all over the board, on a large board and on a small one.",
  run: async (run) => {
    const entry = await buildFloor("json");
    const { sizes, notes } = await sizesWithRoom(run.participants);
    const rows: Row[] = [];
    for (const size of sizes.slice(-1)) {
      rows.push(...(await scoped((defer) => measure(size, entry, run.defer, defer))));
      if (size > SMALL) rows.push(...(await scoped((defer) => rankGrowth(size, run.defer, defer))));
    }
    if (loaderBusy > 0.9) notes.push(`The load generator was ${Math.round(loaderBusy * 100)}% busy.`);
    return { rows, notes };
  },
};
