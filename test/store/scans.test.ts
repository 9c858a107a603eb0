import { sql } from "drizzle-orm";
import fc from "fast-check";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hourOf, type Scan, SCAN_KINDS, type ScanKind } from "../../src/domain/scan.ts";
import { createApp } from "../../src/http/app.ts";
import type { Log, LogFields } from "../../src/runtime/log.ts";
import { groupedRecorder } from "../../src/runtime/scans/grouped.ts";
import type { WriteScans } from "../../src/runtime/scans/recorder.ts";
import type { Call } from "../../src/services/call.ts";
import { createInvite } from "../../src/services/invites.ts";
import { readCampaignFunnel } from "../../src/services/growth.ts";
import { visitorOf } from "../../src/services/scans.ts";
import { insertScans } from "../../src/store/scans.ts";
import { openCampaign, openPorts } from "../support/ports.ts";

let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts();
  call = opened.call;
});
afterAll(() => opened.close());

/** A log that keeps its lines. */
function logBook() {
  const lines: [string, LogFields | undefined][] = [];
  const log: Log = { info: () => {}, error: (event, fields) => lines.push([event, fields]) };
  return { lines, log };
}

const intoTheFile: WriteScans = (scans) => insertScans(call.ports.db, scans, call.ports.newId());

const HOUR = 3_600_000;
const START = Date.parse("2026-03-01T08:00:00Z");

/** A visit: on which invite, by whom, when, what it was, and whether its page is waited for. */
const visits = fc.array(
  fc.record({
    invite: fc.nat(1),
    who: fc.nat(4),
    hour: fc.nat(2),
    ms: fc.nat(HOUR - 1),
    kind: fc.constantFrom(...SCAN_KINDS),
    wait: fc.constantFrom("at once", "at once", "next turn", "when kept"),
  }),
  { maxLength: 40 },
);

async function scene() {
  const { campaign, invite } = await openCampaign(call, [10]);
  const second = await createInvite(call, campaign.id, { channel: "newsletter" });
  const scan = (inviteNumber: number, visitor: string, at: number, kind: ScanKind): Scan => ({
    workspaceId: call.actor.workspaceId,
    campaignId: campaign.id,
    inviteId: inviteNumber === 0 ? invite.id : second.id,
    visitor,
    kind,
    device: "phone",
    country: null,
    at,
  });
  const rows = async () => {
    const query = sql`SELECT json_array((SELECT code FROM invites WHERE id = invite_id), visitor, hour, kind) FROM scans
      WHERE campaign_id = (SELECT campaign_id FROM invites WHERE code = ${invite.code})`;
    const [found] = await call.ports.db.read([call.ports.db.q.all<[string]>(query)]);
    return found.map(([json]) => json).sort();
  };
  return { campaign, codes: [invite.code, second.code], scan, rows };
}

describe("the grouped writer", () => {
  test("keeps what a naive set would keep, whatever comes together", async () => {
    const property = fc.asyncProperty(visits, async (history) => {
      const { campaign, codes, scan, rows } = await scene();
      const { lines, log } = logBook();
      const { record } = groupedRecorder(intoTheFile, log);
      const model = new Map<string, ScanKind>();
      const pages: Promise<void>[] = [];
      for (const { invite, who, hour, ms, kind, wait } of history) {
        const at = START + hour * HOUR + ms;
        const page = record(scan(invite, `visitor ${who}`, at, kind));
        pages.push(page);
        const key = JSON.stringify([codes[invite], `visitor ${who}`, hourOf(at)]);
        if (!model.has(key) || kind === "person") model.set(key, kind);
        if (wait === "next turn") await setTimeout(0);
        if (wait === "when kept") {
          await page;
          // What is answered is in the database, before anything else happens.
          expect(await rows()).toContainEqual(expect.stringContaining(key.slice(0, -1)));
        }
      }
      await Promise.all(pages);
      const expected = [...model].map(([key, kind]) => JSON.stringify([...JSON.parse(key), kind])).sort();
      expect(await rows()).toEqual(expected);
      const people = [...model.values()].filter((kind) => kind === "person").length;
      expect((await readCampaignFunnel(call, campaign.id, {}, {})).steps[0]?.people).toBe(people);
      expect(lines).toEqual([]);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("puts what arrives together into one write, and what arrives meanwhile into the next", async () => {
    const { scan, rows } = await scene();
    const sizes: number[] = [];
    const { record } = groupedRecorder(async (scans) => {
      sizes.push(scans.length);
      await setTimeout(20);
      await intoTheFile(scans);
    }, logBook().log);
    const first = Array.from({ length: 100 }, (_, i) => record(scan(0, `first ${i}`, START, "person")));
    await setTimeout(10);
    const second = Array.from({ length: 700 }, (_, i) => record(scan(0, `second ${i}`, START, "person")));
    await Promise.all([...first, ...second]);
    expect(sizes).toEqual([100, 500, 200]);
    expect(await rows()).toHaveLength(800);
  });

  test("never fails a page: a closed database costs scans and says how many", async () => {
    const other = await openPorts();
    await other.close();
    const { scan } = await scene();
    const { lines, log } = logBook();
    const { record } = groupedRecorder((scans) => insertScans(other.ports.db, scans, 1), log);
    await Promise.all([1, 2, 3].map((i) => record(scan(0, `visitor ${i}`, START, "person"))));
    expect(lines).toEqual([["scans_lost", { count: 3, reason: expect.any(String) }]]);
    expect(JSON.stringify(lines)).not.toMatch(/visitor|INSERT/);
  });

  test("keeps no page waiting for a slow database, and no more scans than its bound", async () => {
    const { scan, rows } = await scene();
    const { lines, log } = logBook();
    // It is as slow as can be: it takes nothing until it is let.
    const database = Promise.withResolvers<void>();
    const slow: WriteScans = async (scans) => {
      await database.promise;
      await intoTheFile(scans);
    };
    const { record } = groupedRecorder(slow, log, { waiting: 5, patience: 50 });
    await Promise.all(Array.from({ length: 8 }, (_, i) => record(scan(0, `visitor ${i}`, START, "person"))));
    expect(await rows()).toHaveLength(0);
    database.resolve();
    const kept = (count: number) => expect.poll(rows, { timeout: 30_000, interval: 10 }).toHaveLength(count);
    await kept(5);
    await expect
      .poll(() => lines, { timeout: 30_000, interval: 10 })
      .toEqual([["scans_lost", { count: 3, reason: "too many were waiting" }]]);
    await record(scan(0, "visitor 9", START, "person"));
    await kept(6);
  });
});

describe("who came", () => {
  const who = { ip: "203.0.113.9", userAgent: "A phone", language: "zh-CN" };

  test("is one visitor in a campaign for a day of UTC, and another in any other", async () => {
    const day = Date.parse("2026-11-21T00:00:00Z");
    const one = await visitorOf(call.ports, "cmp_00000000001", who, day);
    expect(one).toMatch(/^[0-9a-z]{16}$/);
    expect(await visitorOf(call.ports, "cmp_00000000001", who, day + 24 * HOUR - 1)).toBe(one);
    const others = [
      await visitorOf(call.ports, "cmp_00000000001", who, day + 24 * HOUR),
      await visitorOf(call.ports, "cmp_00000000002", who, day),
      await visitorOf(call.ports, "cmp_00000000001", { ...who, ip: "203.0.113.10" }, day),
      await visitorOf(call.ports, "cmp_00000000001", { ...who, userAgent: "Another" }, day),
      await visitorOf(call.ports, "cmp_00000000001", { ...who, language: "en" }, day),
    ];
    expect(new Set([one, ...others]).size).toBe(6);
  });
});

test("a page is answered where its scan cannot be kept", async () => {
  const other = await openPorts();
  try {
    const { lines, log } = logBook();
    const { db } = other.ports;
    const scans = groupedRecorder((group) => insertScans(db, group, 1), log);
    const { invite } = await openCampaign(other.call, [10]);
    const app = createApp({ ...other.ports, log, scans });
    await db.write([db.q.run(sql`ALTER TABLE scans RENAME TO away`)]);
    const page = await app.request(`/i/${invite.code}`, { headers: { "User-Agent": "A phone" } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("</html>");
    expect(lines).toEqual([["scans_lost", { count: 1, reason: expect.any(String) }]]);
  } finally {
    await other.close();
  }
});
