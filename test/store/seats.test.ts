import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Problem } from "../../src/domain/problem.ts";
import { patchCampaign } from "../../src/services/campaigns.ts";
import { mergeGroup } from "../../src/services/group-life.ts";
import { createGroup, patchGroup } from "../../src/services/groups.ts";
import { readHealth } from "../../src/services/health.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { confirmParticipant, leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import { keepSeats } from "../../src/services/upkeep.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";
import { Paper, type PaperGroup, type PaperPerson, type Rules } from "./seats-model.ts";
import { MINUTE, HOUR, START, RESERVED, type Step, step, rules, type Drawn } from "./seats-steps.ts";

/** The same history on paper and in the product; `expectSame` compares the two. */
async function open(drawn: Drawn) {
  const clock: Clock = { now: START };
  const { ports, call, close } = await openPorts(clock);
  const { community, campaign, invite, groups } = await openCampaign(call, [2, 1]);
  const { strategy, confirm, waitlist, named } = drawn;
  await patchCampaign(call, campaign.id, {
    allocation: {
      strategy,
      confirm,
      reservationMinutes: RESERVED,
      fallback: waitlist ? [{ kind: "waitlist" }] : [{ kind: "contact", contact: "Lin" }],
    },
    ...(named ? { groupIds: groups.map(({ id }) => id) } : {}),
  });
  const paper = new Paper({
    strategy,
    reserveMs: confirm === "reveal" ? null : RESERVED * MINUTE,
    waitlist,
    named,
  } satisfies Rules);
  const ids: string[] = [];
  const draw = (id: string, group: Omit<PaperGroup, "nr" | "into" | "state">) => {
    paper.groups.push({ ...group, nr: ids.length, into: null, state: "open" });
    ids.push(id);
  };
  groups.forEach(({ id, capacity }) =>
    draw(id, { capacity, priority: 0, weight: 1, expiresAt: null, marginMs: 0, named: true }),
  );
  /** What the product said of each person who got in. */
  const seen = new Map<string, { id: string; code: string }>();
  const world = { clock, ports, call, close, community, campaign, invite, paper, ids, draw, seen };
  return world;
}
type World = Awaited<ReturnType<typeof open>>;

const refusal = async (work: Promise<unknown>): Promise<string | null> => {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};

async function join({ call, campaign, invite, paper, ids, seen }: World, name: string, by: number) {
  const inviter = by === 0 ? null : (paper.people[(by - 1) % Math.max(paper.people.length, 1)] ?? null);
  const code = (inviter && seen.get(inviter.name)?.code) ?? invite.code;
  const parent = code === invite.code ? null : inviter;
  const identity = { type: "custom" as const, value: name };
  const result = await joinByServer(
    call,
    campaign.id,
    { invite: code, identity, acknowledged: true, answers: {}, displayName: name },
    "en",
  );
  expect(result.outcome).toBe(paper.join(name, parent));
  const place = paper.queue.findIndex((waiting) => waiting.name === name);
  expect(result.waitlistPosition).toBe(place < 0 ? null : place + 1);
  const person = paper.find(name);
  if (person === undefined) return expect(result.participant).toBeNull();
  const { id, inviteCode, group } = result.participant as NonNullable<typeof result.participant>;
  expect(seen.get(name) ?? { id, code: inviteCode }).toEqual({ id, code: inviteCode });
  expect(group?.id ?? null).toBe(paper.isDead(person) ? null : ids[person.seat?.group.nr as number]);
  seen.set(name, { id, code: inviteCode as string });
}

async function act(world: World, step: Step): Promise<void> {
  const { clock, ports, call, community, paper, ids, draw, seen } = world;
  const group = (n: number): [PaperGroup, string] => {
    const nr = n % ids.length;
    return [paper.groups[nr] as PaperGroup, ids[nr] as string];
  };
  const person = (n: number): [PaperPerson, string] | null => {
    const found = paper.find(`person ${n}`);
    const known = found && seen.get(found.name);
    return found && known ? [found, known.id] : null;
  };
  const expiry = (hours: number | null) => (hours === null ? null : clock.now + hours * HOUR);
  switch (step.do) {
    case "join":
      return join(world, `person ${step.who}`, step.by);
    case "leave":
    case "rejoin":
    case "confirm": {
      const [found, id] = person(step.who) ?? [];
      if (found === undefined || id === undefined) return;
      if (step.do === "leave") {
        expect((await leaveCampaign(call, id)).leftAt).not.toBeNull();
        paper.leave(found);
      } else if (step.do === "rejoin") {
        await rejoinCampaign(call, id);
        paper.comeBack(found);
      } else {
        const refused = await refusal(confirmParticipant(call, id, "operator"));
        expect(refused).toBe(paper.confirm(found) ? null : "invalid_transition");
      }
      return;
    }
    case "wait":
      clock.now += step.minutes * MINUTE;
      paper.now = clock.now;
      return;
    case "patch": {
      const [found, id] = group(step.group);
      if (found.state === "merged") return;
      const before = { ...found };
      const refused = await refusal(patchGroup(call, id, step.to));
      if ("capacity" in step.to && step.to.capacity < paper.live(found)) {
        return expect(refused).toBe("capacity_below_use");
      }
      // A reservation that just ran out may still be counted here until the job comes by.
      if (refused !== null) return expect("capacity" in step.to && paper.rules.reserveMs !== null).toBe(true);
      Object.assign(found, step.to);
      if (found.capacity > before.capacity || found.state !== before.state) paper.promote();
      return;
    }
    case "renew": {
      const [found, id] = group(step.group);
      if (found.state === "merged") return;
      const before = found.expiresAt;
      found.expiresAt = expiry(step.hours);
      await patchGroup(call, id, { expiresAt: found.expiresAt });
      if (found.expiresAt !== before) paper.promote();
      return;
    }
    case "add": {
      const { capacity, priority, weight, hours } = step;
      const expiresAt = expiry(hours);
      const input = { name: "More", carrier: "url" as const, joinUrl: "https://example.com/", capacity };
      const made = await createGroup(call, community.id, {
        ...input,
        priority,
        weight,
        expiresAt,
        marginHours: 1,
      });
      draw(made.id, { capacity, priority, weight, expiresAt, marginMs: HOUR, named: false });
      paper.promote();
      return;
    }
    case "merge": {
      const [[from, fromId], [into, intoId]] = [group(step.from), group(step.into)];
      const refused = await refusal(mergeGroup(call, fromId, intoId));
      expect(refused === null, refused ?? "").toBe(paper.merge(from, into));
      if (refused !== null) expect(["merge_refused", "capacity_below_use"]).toContain(refused);
      return;
    }
    case "job":
      await keepSeats(ports);
      paper.promote();
  }
}

/** Reads everything off the database by plain SQL, and compares. */
async function expectSame({ clock, ports, call, campaign, paper, ids, seen }: World): Promise<void> {
  const { db } = ports;
  const [people, groups, waiting, entries, lost] = await db.read([
    db.q.all<[string, number, number | null, string | null, number | null, number | null]>(
      sql`SELECT display_name, id, group_id, seat_state, seat_until, left_at FROM participants ORDER BY id`,
    ),
    db.q.all<[number, number, number, string]>(sql`SELECT id, used, capacity, state FROM groups ORDER BY id`),
    db.q.all<[string]>(sql`SELECT display_name FROM waitlist WHERE promoted_at IS NULL ORDER BY id`),
    db.q.all<[string, number, number | null, number | null]>(
      sql`SELECT kind, participant_id, group_id, parent_id FROM ledger ORDER BY id`,
    ),
    db.q.all<[number]>(sql`SELECT count(*) FROM lost_demand`),
  ]);
  // Ids grow in the order in which people came in.
  expect(people.map(([name]) => name)).toEqual(paper.people.map(({ name }) => name));
  const row = new Map(people.map((columns, i) => [columns[1], paper.people[i] as PaperPerson]));
  const inGroup = new Map<number, number>();
  people.forEach(([, , groupId, state, until, leftAt], i) => {
    const { name, seat, left } = paper.people[i] as PaperPerson;
    expect(leftAt !== null, name).toBe(left);
    if (groupId !== null) inGroup.set(groupId, (inGroup.get(groupId) ?? 0) + 1);
    const lapsed = (at: number | null) => at !== null && at <= clock.now;
    const stored =
      state === null || lapsed(until) ? null : { nr: groups.findIndex(([id]) => id === groupId), until };
    const drawn = seat === null || lapsed(seat.until) ? null : { nr: seat.group.nr, until: seat.until };
    expect(stored, name).toEqual(drawn);
  });
  groups.forEach(([id, used, capacity, state], i) => {
    const drawn = paper.groups[i] as PaperGroup;
    expect({ used, capacity, state }, ids[i]).toEqual({
      used: inGroup.get(id) ?? 0,
      capacity: drawn.capacity,
      state: drawn.state,
    });
    expect(used).toBeLessThanOrEqual(capacity);
  });
  expect(waiting.map(([name]) => name)).toEqual(paper.queue.map(({ name }) => name));
  const nameOf = (id: number) => row.get(id)?.name;
  const log = entries.map(([kind, id, groupId, parentId]) =>
    kind === "joined"
      ? `joined ${nameOf(id)} in ${groups.findIndex(([g]) => g === groupId)} by ${parentId === null ? "poster" : nameOf(parentId)}`
      : `${kind} ${nameOf(id)}`,
  );
  expect(log).toEqual(paper.log);
  expect(lost).toEqual([[paper.lost.size]]);
  for (const [name, { id }] of seen) expect(paper.find(name), id).toBeDefined();
  expect(await findDifferences(db)).toEqual([]);
  const health = await readHealth(call, campaign.id);
  expect(health.waiting).toBe(paper.queue.length);
}

const settled = (paper: Paper): boolean => paper.queue.length === 0 || paper.next() === undefined;

test("random histories of seats are what they are on paper", { timeout: 300_000 }, async () => {
  const did: Record<string, number> = {};
  const history = fc.array(step, { minLength: 20, maxLength: 45 });
  const property = fc.asyncProperty(rules, history, async (drawn, steps) => {
    const world = await open(drawn);
    try {
      world.paper.now = world.clock.now;
      for (const one of steps) {
        await act(world, one);
        did[one.do] = (did[one.do] ?? 0) + 1;
        await expectSame(world);
        if (one.do === "job") expect(settled(world.paper)).toBe(true);
      }
      did["waited"] = (did["waited"] ?? 0) + world.paper.queue.length;
      did["lost"] = (did["lost"] ?? 0) + world.paper.lost.size;
    } finally {
      await world.close();
    }
  });
  await fc.assert(property, { numRuns: Number(process.env["QROVE_RUNS"] ?? 60) });
  console.log(did);
});
