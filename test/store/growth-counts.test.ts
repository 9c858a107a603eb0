import { type SQL, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAPPENINGS, type Happening, MEASURES, type Slice, SLICES } from "../../src/domain/growth-cells.ts";
import { type Id, parseId } from "../../src/domain/id.ts";
import type { Call } from "../../src/services/call.ts";
import { keepCounts } from "../../src/services/counting.ts";
import { readCampaignFunnel, readCampaignGrowth } from "../../src/services/growth.ts";
import { rebuild } from "../../src/services/rebuilding.ts";
import { readCampaignSources } from "../../src/services/sources.ts";
import { jsonQuery, jsonRows } from "../../src/store/db.ts";
import { countStep } from "../../src/store/growth/count.ts";
import { KEPT } from "../../src/store/growth/kept.ts";
import { RECOUNT } from "../../src/store/growth/recount.ts";
import type { Tables } from "../../src/store/growth/terms.ts";
import { findDifferences, verify } from "../../src/store/verify.ts";
import { lookAtCampaign } from "../../src/store/verify/campaign.ts";
import { beginClearing, clearPeople } from "../../src/store/verify/mend-figures.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { aHistory, play } from "./growth-play.ts";
import { corrupt, dice, numberOf, openTown, type Person } from "./verify-world.ts";

const BEGIN = Date.parse("2026-03-06T21:07:31.250Z");
const HOUR = 3_600_000;

const clock: Clock = { now: BEGIN };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
const open = async () => {
  opened = await openPorts(clock);
  call = opened.call;
};

/** Everything that figures are read from, row by row; what is 0 is left out. */
async function rowsOf({ cells, cycles, happened, scanned, gated }: Tables, id: Id): Promise<string[]> {
  const campaign = sql`${parseId("campaign", id)}`;
  const { now } = clock;
  const isSource = (slice: Slice) => slice === "via" || slice === "root";
  const measures = (slice: Slice) =>
    MEASURES.filter((one) => !isSource(slice) || (one !== "brought" && one !== "inviters"));
  const read: Record<string, SQL> = {
    ...Object.fromEntries(
      (Object.keys(SLICES) as Slice[]).map((slice) => [
        slice,
        sql`WITH RECURSIVE ${cells(slice, campaign, now)} SELECT json_array(part, quarter, ${sql.raw(measures(slice).join(", "))})
          FROM cells WHERE people > 0`,
      ]),
    ),
    ...Object.fromEntries(
      (["all", "generation"] as const).map((slice) => [
        `cycles ${slice}`,
        sql`WITH ${cycles(slice, campaign)} SELECT json_array(part, span, n) FROM cycles`,
      ]),
    ),
    ...Object.fromEntries(
      (Object.keys(HAPPENINGS) as Happening[]).map((kind) => [
        kind,
        sql`WITH ${happened(kind, campaign, now)} SELECT json_array(quarter, n) FROM happened WHERE n <> 0`,
      ]),
    ),
    scans: sql`WITH ${scanned("via", campaign)} SELECT json_array(part, quarter, sum(n)) FROM scanned GROUP BY part, quarter HAVING sum(n) > 0`,
    "all scans": sql`WITH ${scanned("all", campaign)} SELECT json_array(quarter, sum(n)) FROM scanned GROUP BY quarter`,
    gates: sql`WITH ${gated(campaign)} SELECT json_array(quarter, sum(people), sum(passed)) FROM gated GROUP BY quarter`,
  };
  const rows: string[] = [];
  for (const [name, query] of Object.entries(read)) {
    const [found] = await call.ports.db.read([jsonQuery(call.ports.db, query)]);
    rows.push(...jsonRows<number[]>(found).map((row) => `${name} ${row.join(" ")}`));
  }
  return rows.sort();
}

/** Services' answers, without how old they are. */
const answers = async (id: Id) => {
  const read = [
    await readCampaignFunnel(call, id, {}, { to: clock.now - HOUR }),
    await readCampaignGrowth(call, id, { by: "day" }),
    await readCampaignSources(call, id, {}),
  ] as const;
  for (const { accurateAsOf } of read) expect(accurateAsOf).toBe(clock.now);
  return read;
};

describe("what is counted bit by bit", () => {
  beforeAll(open);
  afterAll(() => opened.close());

  test("is what a recount gives, whatever came in which order", async () => {
    const property = fc.asyncProperty(aHistory(60, 120), async (history) => {
      clock.now = BEGIN;
      await play(call, clock, "UTC", history, async (id) => {
        // As far as it is counted it is right, wherever it stands.
        const looked = await lookAtCampaign(call.ports.db, parseId("campaign", id) as number, clock.now);
        expect(looked?.found.kept).toEqual([]);
        await keepCounts(call.ports);
        expect(await rowsOf(KEPT, id)).toEqual(await rowsOf(RECOUNT, id));
      });
    });
    await fc.assert(property, { numRuns: 12, endOnFailure: true });
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });

  test("goes on beside joins, step by step, and with a read", async () => {
    clock.now = BEGIN;
    const { campaign, people, join, happen } = await openTown(call, clock);
    const roll = dice(3);
    for (let i = 0; i < 1100; i++) await join(people[roll(people.length + 1)]);
    while (await countStep(call.ports.db, campaign.id, 700, clock.now, call.ports.newId()))
      for (let i = 0; i < 10; i++) await happen(roll);
    for (let i = 0; i < 50; i++) await happen(roll);
    const [{ steps }] = await answers(campaign.id);
    expect(steps[3]?.people).toBe(people.length);
    expect(await rowsOf(KEPT, campaign.id)).toEqual(await rowsOf(RECOUNT, campaign.id));
    expect(await findDifferences(call.ports.db)).toEqual([]);
    // Where very much is pending a read does not wait for it, and is right all the same.
    const before = await answers(campaign.id);
    await corrupt(
      call,
      sql`INSERT INTO growth_touches (campaign_id, participant_id, at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
        SELECT p.campaign_id, p.id, 0 FROM n, (SELECT * FROM participants WHERE id = ${numberOf(people[0] as Person)}) p`,
    );
    expect(await answers(campaign.id)).toEqual(before);
    await keepCounts(call.ports);
    expect(await answers(campaign.id)).toEqual(before);
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });
});

const WRONG: Record<string, [wrong: string, what: string[], did: string]> = {
  "a sum over people": [
    "UPDATE growth_cells SET present = present + 3 WHERE slice = 2",
    ["count of people"],
    "its people counted anew for the figures",
  ],
  "a cell that went": [
    "DELETE FROM growth_cells WHERE slice = 3",
    ["count of people"],
    "its people counted anew for the figures",
  ],
  "how often something happened": [
    "UPDATE growth_happened SET n = n + 1",
    ["count of events"],
    "its people counted anew for the figures",
  ],
  "cycle times": [
    "INSERT INTO growth_cycles SELECT id, 0, 7, 7, 7 FROM campaigns",
    ["count of cycles"],
    "its people counted anew for the figures",
  ],
  "a person": [
    "UPDATE growth_people SET marks = (marks | 8) - (marks & 8), brought = brought + 1",
    ["counted friends", "counted marks", "count of people"],
    "its people counted anew for the figures",
  ],
  "a person who went": [
    "DELETE FROM growth_people WHERE participant_id = (SELECT max(participant_id) FROM growth_people)",
    ["count of people", "counted generation", "counted marks"],
    "its people counted anew for the figures",
  ],
  visits: [
    "UPDATE growth_scans SET n = n + 1 WHERE part = -1",
    ["count of visits"],
    "visits and people at the gate counted anew",
  ],
  "the gate": [
    "UPDATE growth_gates SET passed = passed - 1",
    ["count of the gate"],
    "visits and people at the gate counted anew",
  ],
};

describe("what is wrong is named, and a rebuild puts it right", () => {
  let id: Id;
  let right: string[];
  beforeAll(async () => {
    await open();
    const [history] = fc.sample(aHistory(120, 120), { numRuns: 1, seed: 11 });
    clock.now = BEGIN;
    await play(call, clock, "UTC", history as never, async (campaignId) => void (id = campaignId));
    clock.now += 1001;
    await keepCounts(call.ports);
    right = await rowsOf(RECOUNT, id);
    expect(await rowsOf(KEPT, id)).toEqual(right);
  });
  afterAll(() => opened.close());

  const mend = async () => {
    const did: string[] = [];
    await rebuild(call.ports, await verify(call.ports.db, clock.now), (line) => did.push(line));
    return did;
  };

  test.each(Object.entries(WRONG))("%s", async (_name, [wrong, what, did]) => {
    await corrupt(call, sql.raw(wrong));
    const found = await findDifferences(call.ports.db, clock.now);
    const kinds = new Set(found.map((one) => one.what));
    for (const kind of what) expect([...kinds]).toContain(kind);
    expect(await mend()).toContain(`campaign ${id}: ${did}`);
    expect(await findDifferences(call.ports.db, clock.now)).toEqual([]);
    expect(await rowsOf(KEPT, id)).toEqual(right);
  });

  test("a clearing that was broken off; readers do without the counts meanwhile", async () => {
    const before = await answers(id);
    await beginClearing(call.ports.db, parseId("campaign", id) as number);
    await clearPeople(call.ports.db, parseId("campaign", id) as number, 0, 3);
    await keepCounts(call.ports);
    expect(await answers(id)).toEqual(before);
    expect((await findDifferences(call.ports.db)).map(({ what }) => what)).toEqual(["half cleared counts"]);
    await mend();
    expect(await findDifferences(call.ports.db)).toEqual([]);
    expect(await rowsOf(KEPT, id)).toEqual(right);
    expect(await answers(id)).toEqual(before);
  });
});
