import { beforeAll, describe, expect, test } from "vitest";
import { type Api, mintCampaign, mintWorkspace } from "../support/api.ts";
import { daysAgo, joined, mintDoors, RULES } from "./support/attribution.ts";
import { expectProblem, made } from "./support/expect.ts";
import { justSeen } from "./support/keys.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

type Arrival = { place: number; days: number };
/** A join as it came: by which of the invites, and what else was seen of it. */
type Join = { id: string; door: number; arrivals: Arrival[]; typed: number | null };
type Invite = {
  id: string;
  code: string;
  channel: string | null;
  medium: string | null;
  owner: string | null;
};

/** Numbers that look random and are the same every time. */
function dice(seed: number) {
  let state = seed;
  return (sides: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

/** Whom a rule credits, worked out by hand. */
function creditedBy(model: string, windowDays: number, { door, arrivals, typed }: Join): number {
  if (typed !== null) return typed;
  const recent = arrivals.filter(({ days }) => days <= windowDays);
  const all = [...recent.sort((a, b) => b.days - a.days).map(({ place }) => place), door];
  return (model === "first_touch" ? all[0] : all.at(-1)) as number;
}

const ROWS = 45;

describe("a campaign's joins under other rules", () => {
  const rules = { model: "first_touch", windowDays: 20 };
  let path = "";
  const invites: Invite[] = [];
  const joins: Join[] = [];

  beforeAll(async () => {
    const { campaign, invite } = await mintCampaign(api, {
      groups: [{ capacity: 100 }],
      campaign: { attribution: rules },
    });
    path = `/v1/campaigns/${campaign.id}`;
    const roll = dice(7);
    const channel = (made: Invite) => ({ ...made, owner: null });
    invites.push(
      channel(invite),
      channel(await made(api.post(`${path}/invites`, { channel: "radio", medium: "am" }))),
    );
    for (let i = 0; i < 3; i++) {
      const { participant, invite: own } = await joined(api, campaign.id, invite.code, {
        displayName: `M${i}`,
      });
      const found = (await made(api.get(`${path}/invites?kind=member&limit=1`))).data[0];
      expect(found.code).toBe(own.code);
      invites.push({ ...found, owner: participant.id });
    }
    for (let i = 0; i < ROWS; i++) {
      const door = roll(invites.length);
      const arrivals = Array.from({ length: roll(5) }, (_, n) => ({
        place: roll(invites.length),
        days: roll(30) + n / 10 + 0.05,
      }));
      const typed = roll(8) === 0 ? roll(invites.length) : null;
      const { participant } = await joined(api, campaign.id, (invites[door] as Invite).code, {
        touches: arrivals.map(({ place, days }) => ({ invite: invites[place]?.code, at: daysAgo(days) })),
        ...(typed === null ? {} : { inviteCode: invites[typed]?.code }),
      });
      joins.push({ id: participant.id, door, arrivals, typed });
    }
  });

  const several = () => joins.filter(({ arrivals, typed }) => arrivals.length > 0 || typed !== null);
  const at = (place: number) => invites[place] as Invite;

  test("every join went to whom the campaign's own rules credit", async () => {
    const rows = (await made(api.get(`${path}/participants?limit=100`))).data;
    for (const join of joins) {
      const row = rows.find(({ id }: { id: string }) => id === join.id);
      const place = creditedBy(rules.model, rules.windowDays, join);
      expect(row.credit.inviteId).toBe(at(place).id);
      expect(row.inviterId).toBe(at(place).owner);
    }
    const own = await made(api.get(`${path}/attribution`));
    expect(own).toMatchObject({ ...rules, ruleVersion: 1, joins: several().length, changed: 0, changes: [] });
    expect(own.byInviter).toEqual([]);
  });

  test.each([
    ["last_touch", 30],
    ["last_touch", 1],
    ["first_touch", 365],
    ["first_touch", 5],
    ["first_touch", 1],
  ])("%s within %i days: the report is what a recount says", async (model, windowDays) => {
    const before = await made(api.get(`${path}/participants?limit=100`));
    const seen = await justSeen(api);
    const answer = await seen.get(`${path}/attribution?model=${model}&windowDays=${windowDays}&limit=100`);
    const report = await made(Promise.resolve(answer));
    expect(Number(answer.headers.get("X-Round-Trips"))).toBeLessThanOrEqual(2);
    const outcomes = several().map((join) => ({
      id: join.id,
      now: creditedBy(rules.model, rules.windowDays, join),
      replayed: creditedBy(model, windowDays, join),
    }));
    const changes = outcomes.filter(({ now, replayed }) => now !== replayed);
    expect(changes.length).toBeGreaterThan(3);
    expect(report).toMatchObject({
      model,
      windowDays,
      participants: ROWS + 3,
      joins: outcomes.length,
      truncated: false,
      changed: changes.length,
      next: null,
      previous: null,
    });
    expect(report.changes).toEqual(
      changes
        .map(({ id, now, replayed }) => ({
          participantId: id,
          inviteNow: at(now).id,
          inviteReplayed: at(replayed).id,
          inviterNow: at(now).owner,
          inviterReplayed: at(replayed).owner,
        }))
        .sort((a, b) => (a.participantId < b.participantId ? 1 : -1)),
    );
    const tally = (keyOf: (place: number) => string | null) => {
      const rows = new Map<string, { now: number; replayed: number }>();
      for (const outcome of outcomes) {
        for (const side of ["now", "replayed"] as const) {
          const key = keyOf(outcome[side]);
          if (key === null) continue;
          const row = rows.get(key) ?? { now: 0, replayed: 0 };
          rows.set(key, { ...row, [side]: row[side] + 1 });
        }
      }
      return rows;
    };
    const channels = tally((place) => JSON.stringify([at(place).channel, at(place).medium]));
    expect(report.byChannel).toHaveLength(channels.size);
    for (const { channel, medium, ...counts } of report.byChannel) {
      expect(counts).toEqual(channels.get(JSON.stringify([channel, medium])));
    }
    const inviters = [...tally((place) => at(place).owner)].filter(([, row]) => row.now !== row.replayed);
    expect(report.byInviter).toHaveLength(inviters.length);
    for (const [id, counts] of inviters) {
      expect(report.byInviter).toContainEqual({
        participant: { id, displayName: expect.stringMatching(/^M\d$/) },
        ...counts,
      });
    }
    // A report, and nothing else.
    expect(await made(api.get(`${path}/participants?limit=100`))).toEqual(before);
  });

  test("the changes come page by page, on and back", async () => {
    const ask = (more: string) => made(api.get(`${path}/attribution?model=last_touch&${more}`));
    const whole = await ask("limit=100");
    let page = await ask("limit=4");
    const seen = [...page.changes];
    while (page.next !== null) {
      page = await ask(`limit=4&cursor=${page.next}`);
      expect(page.changed).toBe(whole.changed);
      seen.push(...page.changes);
    }
    expect(seen).toEqual(whole.changes);
    const back = await ask(`limit=4&cursor=${page.previous}`);
    const at = whole.changes.length - page.changes.length;
    expect(back.changes).toEqual(whole.changes.slice(at - 4, at));
  });

  test("what is asked for must make sense", async () => {
    for (const [query, field] of [
      ["model=middle_touch", "?model"],
      ["windowDays=0", "?windowDays"],
      ["windowDays=366", "?windowDays"],
      ["windowDays=1.5", "?windowDays"],
      ["cursor=zzz", "?cursor"],
      ["colour=red", "?colour"],
    ] as const) {
      expectProblem(await api.get(`${path}/attribution?${query}`), 400, "invalid_request", field);
    }
    const stranger = await mintWorkspace();
    expectProblem(await stranger.get(`${path}/attribution`), 404, "not_found");
  });
});

describe("what a replay respects", () => {
  test("a person whom an operator moved stays there; a removed inviter is credited with nobody new", async () => {
    const { campaign, path, poster, lin } = await mintDoors(api, RULES.last);
    const touches = [{ invite: lin.invite.code, at: daysAgo(2) }];
    const wu = await joined(api, campaign.id, poster.code);
    const moved = await joined(api, campaign.id, poster.code, { touches });
    const stayed = await joined(api, campaign.id, poster.code, { touches });
    await made(
      api.post(`/v1/participants/${moved.participant.id}/move`, {
        inviterId: wu.participant.id,
        cause: "told by both",
      }),
    );
    await made(api.post(`/v1/participants/${lin.participant.id}/remove`, { cause: "spam" }));
    const late = await joined(api, campaign.id, poster.code, { touches });
    const { changes, changed, joins } = await made(api.get(`${path}/attribution?model=first_touch`));
    expect({ changed, joins }).toEqual({ changed: 3, joins: 3 });
    const inviters = changes.map((row: Record<string, unknown>) => [
      row["participantId"],
      row["inviterNow"],
      row["inviterReplayed"],
    ]);
    expect(inviters).toEqual([
      [late.participant.id, null, null],
      [stayed.participant.id, null, lin.participant.id],
      [moved.participant.id, wu.participant.id, wu.participant.id],
    ]);
  });
});
