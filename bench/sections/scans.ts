import { readCampaignFunnel } from "../../src/services/growth.ts";
import type { Driver } from "../../src/store/db.ts";
import { bringCrowd } from "../support/crowd.ts";
import { bareDriver, type Synchronous } from "../support/floor.ts";
import { httpRate, loaderBusy } from "../support/http-load.ts";
import { compete, type Entry, type Slice } from "../support/rounds.ts";
import { type Defer, scoped } from "../support/scope.ts";
import type { Row, Section } from "../support/section.ts";
import { APP, buildFloor, startServer } from "../support/server.ts";
import { freshDatabase, type Storage, STORAGE_TITLE, storages } from "../support/storage.ts";
import { INSTALLATION, openWorld, type Place, type World } from "../support/world.ts";

const CONNECTIONS = 32;
const INVITES = 1_000;
const SLICE_MS = 900;

/** The forms that a landing page has. */
const FORMS = {
  HTML: { accept: "text/html", mark: "</html>" },
  JSON: { accept: "application/json", mark: '"ticket":"' },
} as const;

type Form = keyof typeof FORMS;
const FORM_NAMES = Object.keys(FORMS) as Form[];

const PHONE =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 " +
  "Chrome/126.0.6478.188 Mobile Safari/537.36 MicroMessenger/8.0.50.2701(0x28003255) NetType/4G";

/** How many pages a server answered. */
type Tally = { answered: number };

let visitors = 0;

/** Asks for `paths` in turn, each time as somebody who was never here. */
function visits(url: string, paths: string[], accept: string, mark: string, tally: Tally): Slice {
  let turn = 0;
  const next = () =>
    `GET ${paths[turn++ % paths.length]} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n` +
    `Accept-Language: zh-CN\r\nUser-Agent: ${PHONE} Visit/${++visitors}\r\n\r\n`;
  const check = (status: number, body: Buffer) => {
    if (status !== 200 || !body.includes(mark)) throw new Error(`${status}: ${body.toString()}`);
    tally.answered++;
  };
  return (ms) => httpRate({ url, width: CONNECTIONS, next, check }, ms);
}

/** Rows whose JSON answer has as many bytes as the page; answers the paths that lead to them. */
async function fillFloor(driver: Driver, firstId: number, bytes: number): Promise<string[]> {
  const around = JSON.stringify({ id: firstId, text: "" }).length;
  const insert = `INSERT INTO floor WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${INVITES - 1})
    SELECT ? + i, ? FROM n`;
  await driver([{ sql: insert, params: [firstId, "x".repeat(bytes - around)] }], "write");
  return Array.from({ length: INVITES }, (_, i) => `/floor/${firstId + i}`);
}

/**
 * The bare handlers that the page is held against. On a file the first uses the libSQL client as anybody
 * would, and is as durable as the product's scans are (`openLight`): they outlive the process. The second
 * has the product's own binding, whose statements stay prepared. The third outlives a power cut too.
 */
const FLOORS: Record<Storage, Floor[]> = {
  file: [
    { name: "one lookup, one INSERT", synchronous: "NORMAL", client: "manual" },
    { name: "the same, kept prepared", synchronous: "NORMAL" },
    { name: "the same, with FULL", synchronous: "FULL" },
  ],
  server: [{ name: "one lookup, one INSERT" }],
};
type Floor = { name: string; synchronous?: Synchronous; client?: "manual" };

/** Starts a bare handler on a database of its own; answers its slices and the check of its work. */
async function openFloor(
  entry: string,
  storage: Storage,
  { synchronous, client }: Floor,
  sizes: Record<Form, number>,
  defer: Defer,
) {
  const tally: Tally = { answered: 0 };
  const database = await freshDatabase(storage, defer);
  const driver = await bareDriver(database, defer, synchronous);
  const tables = [
    "CREATE TABLE floor (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    "CREATE TABLE visits (id INTEGER PRIMARY KEY, floor_id INTEGER NOT NULL, visitor TEXT NOT NULL, at INTEGER NOT NULL)",
  ];
  await driver(
    tables.map((sql) => ({ sql, params: [] })),
    "write",
  );
  const env = {
    DATABASE_URL: database,
    ...(synchronous && { SYNCHRONOUS: synchronous }),
    ...(client && { CLIENT: client }),
  };
  const { url } = await startServer(entry, env, defer);
  const slices = {} as Record<Form, Slice>;
  for (const [i, form] of FORM_NAMES.entries()) {
    const paths = await fillFloor(driver, (i + 1) * 100_000, sizes[form]);
    slices[form] = visits(url, paths, "application/json", '"text":"', tally);
  }
  const demandWork = async () => {
    const inserted = await count(driver, "SELECT count(*) FROM visits");
    if (inserted !== tally.answered) throw new Error("the floor did not do its work");
  };
  return { slices, demandWork };
}

const count = async (driver: Driver, sql: string): Promise<number> =>
  Number((await driver([{ sql, params: [] }], "read"))[0]?.[0]?.[0]);

/** Every page that was answered is one scan, and there is no other. */
async function demandExact({ driver, call }: World, { campaignId }: Place, { answered }: Tally) {
  const figures = [
    (await readCampaignFunnel(call, campaignId, {}, {})).steps[0]?.people ?? 0,
    await count(driver, "SELECT count(*) FROM scans"),
    await count(driver, "SELECT count(*) FROM (SELECT DISTINCT invite_id, hour, visitor FROM scans)"),
  ];
  if (figures.some((figure) => figure !== answered)) {
    throw new Error(`${answered} pages were answered, but there are ${figures.join(", ")} scans`);
  }
  console.log(`${answered} pages were answered, and exactly as many scans are there.`);
}

async function measure(storage: Storage, entry: string, defer: Defer): Promise<Row[]> {
  const world = await openWorld(await freshDatabase(storage, defer), defer);
  const place = await world.openCampaign();
  const paths = (await bringCrowd(world, place, INVITES)).codes.map((code) => `/i/${code}`);
  const env = { DATABASE_URL: world.url, ...INSTALLATION };
  const { url: on } = await startServer(APP, env, defer);
  const { url: off } = await startServer(APP, { ...env, QROVE_SCANS: "off" }, defer);

  const sizes = {} as Record<Form, number>;
  for (const form of FORM_NAMES) {
    const page = await fetch(`${off}${paths[0]}`, { headers: { Accept: FORMS[form].accept } });
    sizes[form] = (await page.arrayBuffer()).byteLength;
  }
  const [counted, uncounted] = [{ answered: 0 }, { answered: 0 }];
  const floors = [];
  for (const floor of FLOORS[storage]) {
    floors.push({ name: floor.name, ...(await openFloor(entry, storage, floor, sizes, defer)) });
  }
  const bases: Record<string, Slice> = {};
  const entries: Entry[] = [];
  for (const form of FORM_NAMES) {
    const { accept, mark } = FORMS[form];
    const against = [
      { name: "the page without scans", slice: visits(off, paths, accept, mark, uncounted) },
      ...floors.map(({ name, slices }) => ({ name, slice: slices[form] })),
    ];
    for (const { name, slice: base } of against) {
      const title = `${STORAGE_TITLE[storage]}, ${form}, against ${name}`;
      bases[title] = base;
      entries.push({
        case: title,
        unit: "requests/s",
        base: title,
        slice: visits(on, paths, accept, mark, counted),
      });
    }
  }
  const rows = await compete(bases, entries, SLICE_MS);
  await demandExact(world, place, counted);
  for (const { demandWork } of floors) await demandWork();
  return rows;
}

/** What it costs to record a scan with each landing page. */
export const scans: Section = {
  name: "scans",
  title: "The landing page with its scans recorded",
  about:
    `GET /i/{code} over HTTP, ${CONNECTIONS} connections, ${INVITES} invites in turn, every request a new visitor, ` +
    "every scan in the database before its page is answered. Bases: the same page with QROVE_SCANS=off; and bare Hono " +
    "on the same adapter that does one lookup by primary key and one plain INSERT in a transaction of their own, " +
    "through the libSQL client as its manual shows it, and through the product's own binding with statements that " +
    "stay prepared (on a server: one HTTP request, one after the other, for dozens at once are refused), with a JSON " +
    "answer of the same size. On a file scans are written with synchronous=NORMAL: they survive the end of the " +
    "process, not a power cut; so the handler's INSERT is NORMAL too, and once FULL. Afterwards the scans must be " +
    "exactly as many as the pages that were answered.",
  run: async () => {
    const entry = await buildFloor("scans");
    const rows: Row[] = [];
    for (const storage of storages()) rows.push(...(await scoped((defer) => measure(storage, entry, defer))));
    if (loaderBusy > 0.9) console.warn(`The load generator was ${Math.round(loaderBusy * 100)}% busy.`);
    return { rows, notes: [] };
  },
};
