import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatId, type Id, parseId } from "../../src/domain/id.ts";
import type { DeedInput } from "../../src/domain/standing.ts";
import type { Call } from "../../src/services/call.ts";
import { patchCampaign } from "../../src/services/campaigns.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import * as standing from "../../src/services/standing.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";
import { type Done, judge, live, type Told, type Verdicts } from "./standing-model.ts";

const MINUTE = 60_000;
const START = Date.parse("2026-03-01T08:00:00Z");
/** Events are of the first so many minutes; the history ends later, and by then all of them have come. */
const LAST = 120;
const END = 200;
const PEOPLE = 3;
const SEATS = [2, 1];

const clock: Clock = { now: START };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

const who = fc.nat(PEOPLE - 1);
/** For each of two campaigns. */
const both = <T>(one: fc.Arbitrary<T>) => fc.tuple(one, one);

const history = fc.record({
  /** What a connector tells, and how late each of its deliveries comes. */
  events: fc.array(
    fc.record({
      who,
      kind: fc.constantFrom<Told["kind"]>("left", "returned"),
      // Tens, so that things often happen at one instant.
      minute: fc.integer({ min: -1, max: LAST / 10 }).map((tens) => tens * 10),
      late: both(fc.array(fc.nat(END - LAST), { minLength: 1, maxLength: 3 })),
    }),
    { maxLength: 14 },
  ),
  deeds: fc.array(
    fc.record({
      who,
      verb: fc.constantFrom<Done["verb"]>("void", "remove", "restore", "restore", "disqualify", "reinstate"),
      minute: fc.integer({ min: 1, max: END }),
    }),
    { maxLength: 6 },
  ),
  stay: fc.constantFrom(0, 10, 30, 60, 150, 250),
  /** When the clock's own work is done. */
  folds: both(fc.array(fc.integer({ min: 1, max: END }), { maxLength: 4 })),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;
type Step = { minute: number; run: () => Promise<unknown> };

const at = (minute: number): number => START + minute * MINUTE;

const ACT: Record<Done["verb"], (call: Call, id: Id, input: DeedInput) => Promise<unknown>> = {
  void: standing.voidReferral,
  remove: standing.removeParticipant,
  restore: standing.restoreParticipant,
  disqualify: (...given) => standing.disqualifyParticipant(...given, true),
  reinstate: (...given) => standing.disqualifyParticipant(...given, false),
};

/** Plays a history in a campaign of its own, in that campaign's order of delivery. */
async function play({ events, deeds, stay, folds }: History, nth: 0 | 1) {
  clock.now = START;
  const { campaign, invite } = await openCampaign(call, SEATS);
  await patchCampaign(call, campaign.id, { referral: { qualifyAfterMinutes: stay } });
  const ids: Id[] = [];
  let code = invite.code;
  for (let i = 0; i < PEOPLE; i++) {
    const identity = { type: "custom" as const, value: `person ${i}` };
    const joined = await joinByServer(
      call,
      campaign.id,
      { invite: code, identity, acknowledged: true, answers: {} },
      "en",
    );
    ids.push(joined.participant?.id as Id);
    code = joined.participant?.inviteCode as string;
  }
  const verdicts: Verdicts[] = ids.map(() => ({ standing: "good", disqualifiedAt: null }));
  const delivered = events.flatMap(({ who, kind, minute, late }, i): Step[] =>
    late[nth].map((delay) => ({
      minute: Math.max(minute + delay, 0),
      run: async () => {
        const tell = kind === "left" ? leaveCampaign : rejoinCampaign;
        const told = tell(call, ids[who] as Id, { eventId: `event ${i}`, at: at(minute) });
        const refused = kind === "returned" && verdicts[who]?.standing === "removed";
        if (refused) await expect(told).rejects.toMatchObject({ code: "participant_removed" });
        else await told;
      },
    })),
  );
  const judged = deeds.map(({ who, verb, minute }, i): Step => ({
    minute,
    run: async () => {
      const input = { cause: `cause ${i}`, ...(i % 2 === 0 ? { eventId: `deed ${i}` } : {}) };
      verdicts[who] = judge(verdicts[who] as Verdicts, { verb, minute });
      const once = await ACT[verb](call, ids[who] as Id, input);
      expect(await ACT[verb](call, ids[who] as Id, { ...input, cause: "again" })).toEqual(once);
    },
  }));
  const folded = folds[nth].map((minute): Step => ({
    minute,
    run: () => foldCampaign(call.ports, campaign.id),
  }));
  const steps = [...judged, ...delivered, ...folded].sort((a, b) => a.minute - b.minute);
  for (const { minute, run } of [
    ...steps,
    { minute: END, run: () => foldCampaign(call.ports, campaign.id) },
  ]) {
    clock.now = at(minute);
    await run();
  }
  return { ...(await read(campaign.id, ids)), verdicts };
}

type Row = [number, number | null, number | null, number | null, string | null, number | null, string | null];

/** Reads a campaign off the database by plain SQL. */
async function read(campaignId: Id, ids: readonly Id[]) {
  const { db } = call.ports;
  const campaign = parseId("campaign", campaignId);
  const nth = (id: number) => ids.indexOf(formatId("participant", id));
  const [people, entries, qualified] = await db.read([
    db.q.all<Row>(sql`SELECT id, left_at, qualified_at, qualifies_at, standing, disqualified_at, seat_state
      FROM participants WHERE campaign_id = ${campaign} ORDER BY id`),
    db.q.all<
      [number, string, string, number, number | null]
    >(sql`SELECT participant_id, kind, key, at, qualifies_at
      FROM ledger WHERE campaign_id = ${campaign} AND kind IN ('joined', 'left', 'returned')`),
    db.q.all<[number, number]>(
      sql`SELECT participant_id, at FROM ledger WHERE campaign_id = ${campaign} AND kind = 'qualified'`,
    ),
  ]);
  return {
    people: people.map(([, leftAt, qualifiedAt, qualifiesAt, standing, disqualifiedAt, seat]) => ({
      leftAt,
      qualifiedAt,
      qualifiesAt,
      standing: standing ?? "good",
      disqualifiedAt,
      seated: seat !== null,
    })),
    entries: entries.map(([id, ...rest]) => [nth(id), ...rest].join(" ")).sort(),
    qualified: qualified.map(([id, when]) => ({ who: nth(id), at: when })),
  };
}

/** The same on paper. */
function draw({ events, stay }: History, verdicts: readonly Verdicts[]) {
  const instant = (minute: number | null) => (minute === null ? null : at(minute));
  return verdicts.map(({ standing, disqualifiedAt }, i) => {
    const told = events.filter(({ who }) => who === i);
    const { leftAt, qualifiedAt, qualifiesAt } = live(told, stay, END);
    return {
      leftAt: instant(leftAt),
      qualifiedAt: instant(qualifiedAt),
      qualifiesAt: instant(qualifiesAt),
      standing,
      disqualifiedAt: instant(disqualifiedAt),
      // There is a seat for everybody who is there.
      seated: leftAt === null && standing !== "removed",
    };
  });
}

test(
  "late, doubled and shuffled events leave all people as they are on paper",
  { timeout: 300_000 },
  async () => {
    const seen = { left: 0, pending: 0, qualified: 0, removed: 0 };
    const property = fc.asyncProperty(history, async (drawn) => {
      const deeds = drawn.deeds.toSorted((a, b) => a.minute - b.minute);
      const [one, two] = [await play({ ...drawn, deeds }, 0), await play({ ...drawn, deeds }, 1)];
      const paper = draw(drawn, one.verdicts);
      expect(one.people).toEqual(paper);
      expect(two.people).toEqual(paper);
      expect(one.entries).toEqual(two.entries);
      expect(one.entries.length).toBe(PEOPLE + drawn.events.length);
      for (const { qualified } of [one, two]) {
        // Whoever has an inviter and qualified stands in the ledger with that instant.
        paper.forEach(({ qualifiedAt }, who) => {
          const kept = qualified.some((entry) => entry.who === who && entry.at === qualifiedAt);
          expect(kept).toBe(who > 0 && qualifiedAt !== null);
        });
      }
      expect(await findDifferences(call.ports.db)).toEqual([]);
      for (const { leftAt, qualifiedAt, qualifiesAt, standing } of paper) {
        seen.left += Number(leftAt !== null);
        seen.pending += Number(qualifiesAt !== null);
        seen.qualified += Number(qualifiedAt !== null);
        seen.removed += Number(standing === "removed");
      }
    });
    await fc.assert(property, { numRuns: Number(process.env["QROVE_RUNS"] ?? 60) });
    for (const [state, count] of Object.entries(seen)) expect(count, state).toBeGreaterThan(0);
  },
);
