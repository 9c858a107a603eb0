import type { Driver } from "../../src/store/db.ts";
import { bringCrowd } from "../support/crowd.ts";
import { plainDriver } from "../support/floor.ts";
import { get, httpRate, loaderBusy } from "../support/http-load.ts";
import { compete, type Slice } from "../support/rounds.ts";
import { type Defer, scoped } from "../support/scope.ts";
import type { Row, Section } from "../support/section.ts";
import { APP, buildFloor, startServer } from "../support/server.ts";
import { freshDatabase, type Storage, STORAGE_TITLE, storages } from "../support/storage.ts";
import { INSTALLATION, openWorld } from "../support/world.ts";

const CONNECTIONS = 32;
const INVITES = 1_000;
const SLICE_MS = 600;

/** The forms that a landing page has. */
const FORMS = {
  JSON: { accept: "application/json", mark: '"ticket":"' },
  HTML: { accept: "text/html", mark: "</html>" },
} as const;

type Form = keyof typeof FORMS;
const FORM_NAMES = Object.keys(FORMS) as Form[];

/** Asks for `paths` in turn; every answer must be 200 and hold `mark`, or the run fails. */
function pages(url: string, paths: string[], accept: string, mark: string): Slice {
  const requests = paths.map((path) => get(path, accept));
  let turn = 0;
  const next = () => requests[turn++ % requests.length] ?? "";
  const check = (status: number, body: Buffer) => {
    if (status !== 200 || !body.includes(mark)) throw new Error(`${status}: ${body.toString()}`);
  };
  return (ms) => httpRate({ url, width: CONNECTIONS, next, check }, ms);
}

/** Rows whose JSON answer has as many bytes as the page; answers the paths that lead to them. */
async function fillFloor(driver: Driver, firstId: number, bytes: number): Promise<string[]> {
  const table = "CREATE TABLE IF NOT EXISTS floor (id INTEGER PRIMARY KEY, text TEXT NOT NULL)";
  const around = JSON.stringify({ id: firstId, text: "" }).length;
  const insert = `INSERT INTO floor WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${INVITES - 1})
    SELECT ? + i, ? FROM n`;
  const params = [firstId, "x".repeat(bytes - around)];
  await driver(
    [
      { sql: table, params: [] },
      { sql: insert, params },
    ],
    "write",
  );
  return Array.from({ length: INVITES }, (_, i) => `/floor/${firstId + i}`);
}

async function measure(storage: Storage, entry: string, defer: Defer): Promise<Row[]> {
  const world = await openWorld(await freshDatabase(storage, defer), defer);
  const paths = (await bringCrowd(world, await world.openCampaign(), INVITES)).codes.map(
    (code) => `/i/${code}`,
  );
  const { url: app } = await startServer(APP, { DATABASE_URL: world.url, ...INSTALLATION }, defer);

  const floorDatabase = await freshDatabase(storage, defer);
  const floorDriver = await plainDriver(floorDatabase, defer);
  const floorPaths = {} as Record<Form, string[]>;
  for (const [i, form] of FORM_NAMES.entries()) {
    const page = await fetch(`${app}${paths[0]}`, { headers: { Accept: FORMS[form].accept } });
    floorPaths[form] = await fillFloor(floorDriver, (i + 1) * 100_000, (await page.arrayBuffer()).byteLength);
  }
  const { url: floor } = await startServer(entry, { DATABASE_URL: floorDatabase }, defer);

  const bases = FORM_NAMES.map((form) => [
    form,
    pages(floor, floorPaths[form], "application/json", '"text":"'),
  ]);
  const entries = FORM_NAMES.map((form) => ({
    case: `${STORAGE_TITLE[storage]}, ${form}`,
    unit: "requests/s",
    base: form,
    slice: pages(app, paths, FORMS[form].accept, FORMS[form].mark),
  }));
  return compete(Object.fromEntries(bases), entries, SLICE_MS);
}

/** The landing page of an invite against the least that a server can do. */
export const landing: Section = {
  name: "landing",
  title: "The landing page",
  about:
    `GET /i/{code} over HTTP, ${CONNECTIONS} connections, ${INVITES} invites in turn. ` +
    "Base: bare Hono on the same adapter, in a process started the same way, with one lookup by primary key " +
    "through the same client and a JSON answer of the same size.",
  run: async () => {
    const entry = await buildFloor("server");
    const rows: Row[] = [];
    for (const storage of storages()) rows.push(...(await scoped((defer) => measure(storage, entry, defer))));
    if (loaderBusy > 0.9) console.warn(`The load generator was ${Math.round(loaderBusy * 100)}% busy.`);
    return { rows, notes: [] };
  },
};
