import { buildPorts } from "../../src/runtime/build-ports.ts";
import { parseConfig } from "../../src/runtime/config.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { bringCrowd } from "../support/crowd.ts";
import { plainDriver, plainInsert, type Synchronous } from "../support/floor.ts";
import { httpRate, post } from "../support/http-load.ts";
import { rateOf } from "../support/lanes.ts";
import { compete, type Entry, type Slice } from "../support/rounds.ts";
import { type Defer, scoped } from "../support/scope.ts";
import type { Row, Section } from "../support/section.ts";
import { APP, startServer } from "../support/server.ts";
import { freshDatabase, type Storage, storages } from "../support/storage.ts";
import { INSTALLATION, newcomer, openWorld, type Place, type World } from "../support/world.ts";

const CROWD = 20_000;
/** A server answers more slowly, and 64 waiting joins must come out of it several times. */
const SLICE_MS: Record<Storage, number> = { file: 220, server: 500 };
/** Joins in flight at once. */
const WIDTHS = { "one by one": 1, "64 waiting": 64 };

/** Where the next slice's newcomers go, and by whose invites. */
type Stage = { place: Place; codes: string[] };

/** A campaign of its own for each slice, where everybody comes by the poster. */
const emptyStage = (world: World) => async (): Promise<Stage> => {
  const place = await world.openCampaign();
  return { place, codes: [place.invite.code] };
};

/** One campaign with a crowd, where everybody is brought by somebody of it. */
async function crowdedStage(world: World): Promise<() => Promise<Stage>> {
  const place = await world.openCampaign();
  const stage = { place, codes: (await bringCrowd(world, place, CROWD)).codes };
  return async () => stage;
}

type Brings = (stage: Stage, width: number, ms: number) => Promise<number>;

let turn = 0;
/** Codes in an order that has nothing to do with their place in the tree. */
const codeOf = ({ codes }: Stage): string => codes[(turn += 7_919) % codes.length] ?? "";

/** Joins through the service, in this process. */
const byService =
  ({ call }: Pick<World, "call">): Brings =>
  (stage, width, ms) =>
    rateOf(width, ms, async () => {
      const { outcome } = await joinByServer(call, stage.place.campaignId, newcomer(codeOf(stage)), "en");
      if (outcome !== "joined") throw new Error(`a join came out as ${outcome}`);
    });

/** Joins over HTTP, at a server in a process of its own. */
const byHttp =
  (url: string): Brings =>
  (stage, width, ms) => {
    const path = `/v1/campaigns/${stage.place.campaignId}/joins`;
    const next = () => post(path, INSTALLATION.QROVE_ADMIN_KEY, newcomer(codeOf(stage)));
    const check = (status: number, body: Buffer) => {
      if (status !== 200 || !body.includes('"outcome":"joined"'))
        throw new Error(`${status}: ${body.toString()}`);
    };
    return httpRate({ url, width, next, check }, ms);
  };

type Subject = { name: string; world: World; brings: Brings; crowd: () => Promise<Stage> };

/** A world with a crowd. It is there before any server: those count as they go, and a crowd's ids are of the past. */
async function openCrowded(storage: Storage, defer: Defer) {
  const world = await openWorld(await freshDatabase(storage, defer), defer);
  return { world, crowd: await crowdedStage(world) };
}

/** All widths of the subjects, against one plain INSERT with as many in flight. */
async function race(
  title: string,
  ms: number,
  insert: () => Promise<unknown>,
  subjects: { name: string; brings: Brings; stage: () => Promise<Stage> }[],
): Promise<Row[]> {
  const bases: Record<string, Slice> = {};
  const entries: Entry[] = [];
  for (const [width, inFlight] of Object.entries(WIDTHS)) {
    bases[width] = (ms) => rateOf(inFlight, ms, insert);
    for (const { name, brings, stage } of subjects) {
      const slice = async (ms: number) => brings(await stage(), inFlight, ms);
      entries.push({ case: `${title}, ${name}, ${width}`, unit: "joins/s", base: width, slice });
    }
  }
  return compete(bases, entries, ms);
}

async function measure(storage: Storage, synchronous: Synchronous, defer: Defer): Promise<Row[]> {
  const shipped = synchronous === "FULL";
  const insert = await plainInsert(
    await plainDriver(await freshDatabase(storage, defer), defer, synchronous),
  );

  const inProcess = await openCrowded(storage, defer);
  const subjects: Subject[] = [];
  if (shipped) {
    subjects.push({ name: "service", ...inProcess, brings: byService(inProcess.world) });
    const overHttp = await openCrowded(storage, defer);
    const { url } = await startServer(APP, { DATABASE_URL: overHttp.world.url, ...INSTALLATION }, defer);
    subjects.push({ name: "HTTP", ...overHttp, brings: byHttp(url) });
  } else {
    const driver = await plainDriver(inProcess.world.url, defer, synchronous);
    const ports = buildPorts(parseConfig({ QROVE_QUIET: "1" }), driver, INSTALLATION.QROVE_SECRET);
    const brings = byService({ call: { ...inProcess.world.call, ports } });
    subjects.push({ name: "service", ...inProcess, brings });
  }

  const title = storage === "server" ? "libSQL server" : `file, ${synchronous}`;
  const ms = SLICE_MS[storage];
  const rows: Row[] = [];
  const empty = subjects.map((subject) => ({ ...subject, stage: emptyStage(subject.world) }));
  rows.push(...(await race(`${title}, empty`, ms, insert, empty)));
  const crowded = subjects.map((subject) => ({ ...subject, stage: subject.crowd }));
  rows.push(...(await race(`${title}, ${CROWD / 1000}k`, ms, insert, crowded)));
  return rows;
}

/** Joins against the floor of one plain INSERT, on every storage, in this process and over HTTP. */
export const joinsOnHosts: Section = {
  name: "joins-hosts",
  title: "Joins by host",
  about:
    "A whole join (invite, gate, dedupe, seat, tree, ledger, own invite; boards follow), through the service in this process " +
    `and over HTTP; into an empty campaign by the poster, and into one of ${CROWD} participants by theirs. ` +
    "Base: one plain INSERT of one row in a batch of its own through the same client, with the same durability " +
    "and as many waiting. FULL is what ships: an answered join survives a power cut.",
  run: async () => {
    const rows: Row[] = [];
    for (const storage of storages()) {
      for (const synchronous of storage === "file" ? (["FULL", "NORMAL"] as const) : (["FULL"] as const)) {
        rows.push(...(await scoped((defer) => measure(storage, synchronous, defer))));
      }
    }
    return { rows, notes: [] };
  },
};
