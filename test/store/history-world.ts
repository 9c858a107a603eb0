import { expect } from "vitest";
import { extendTrail } from "../../src/domain/attribution.ts";
import type { Call } from "../../src/services/call.ts";
import { openInvite } from "../../src/services/arrivals.ts";
import { createCampaign, moveCampaign, patchCampaign } from "../../src/services/campaigns.ts";
import { createInvite } from "../../src/services/invites.ts";
import { type JoinResult, joinAtGate, joinByServer } from "../../src/services/joins.ts";
import { readTrail, sealTrail } from "../../src/services/touches.ts";
import { insertScans } from "../../src/store/scans.ts";
import { type Clock, openCampaign } from "../support/ports.ts";
import type { Paper, Source } from "./growth-model.ts";
import { arrivals, pick, refusalOf, remembered, type Rules, type Touch } from "./history-credit.ts";
import type { Door, Person } from "./history-model.ts";

const MINUTE = 60_000;
export const TIMEZONE = "America/New_York";

/** How a campaign is set up. */
export type Setup = Rules & { stayMinutes: number; confirm: "reveal" | "operator" };

/** A participant on paper, how the product calls them, and what it should say of their arrivals. */
export type Known = Person & {
  id: string;
  door: Door;
  touches: Touch[];
  via: Door;
  came: Door;
  refusal: string | null;
  brought: Person | null;
  /** Until when a seat is theirs; null for none. Of no account once a connector told anything of them. */
  seatUntil: number | null;
  heardOf: boolean;
};

/** A browser: what it carries, and on paper what was done in it. */
type Browser = {
  cookie: string | null;
  visits: { door: Door; at: number }[];
  pages: { door: Door; ticket: string; at: number }[];
  holder: Known | null;
};

const KNOWN_BEFORE = 4;
const BROWSERS = 7;

export type World = Awaited<ReturnType<typeof openWorld>>;

export const gateOf = (label: string) => ({ kind: "answer", field: "ok", label, op: "eq", value: "yes" });

/** A campaign with three groups and two channels, in a community that knows a few people already. */
export async function openWorld(call: Call, clock: Clock, setup: Setup) {
  const { community, groups, campaign: old, invite: oldDoor } = await openCampaign(call, [5000, 5000, 5000]);
  for (let n = 0; n < KNOWN_BEFORE; n++)
    await joinByServer(call, old.id, { invite: oldDoor.code, ...bodyOf(`known ${n}`, "yes") } as never, "en");
  clock.now += 1;
  const { model, windowDays, allowKnown, stayMinutes, confirm } = setup;
  const campaign = await createCampaign(call, {
    communityId: community.id,
    name: "Spring",
    type: "event",
    timezone: TIMEZONE,
    gate: gateOf("OK?") as never,
    attribution: { model, windowDays, allowKnown },
    referral: { qualifyAfterMinutes: stayMinutes },
    allocation: { strategy: "in_order", confirm, reservationMinutes: 60, fallback: [] },
  });
  await moveCampaign(call, campaign.id, "publish");
  const sources: Source[] = [
    { channel: "poster", medium: null },
    { channel: "stream", medium: "evening" },
  ];
  const doors: Door[] = [];
  for (const source of sources) {
    const { channel, medium } = source;
    const { id, code } = await createInvite(call, campaign.id, { channel, ...(medium ? { medium } : {}) });
    doors.push({ code, inviteId: id, source, owner: null });
  }
  const people: Known[] = [];
  const stayMs = setup.stayMinutes * MINUTE;
  const paper: Paper = { timezone: TIMEZONE, stayMs, people, scans: [], gate: [] };
  const browsers = Array.from({ length: BROWSERS }, (): Browser => ({
    cookie: null,
    visits: [],
    pages: [],
    holder: null,
  }));
  return {
    call,
    clock,
    setup,
    doors,
    people,
    paper,
    browsers,
    campaignId: campaign.id,
    groups: groups.map(({ id }) => id as string),
    knownLeft: Array.from({ length: KNOWN_BEFORE }, (_, n) => `known ${n}`),
    refused: [] as {
      name: string;
      gate: Paper["gate"][number];
    }[],
    seen: new Set<string>(),
    deeds: [] as (() => Promise<unknown>)[],
  };
}

/** What a form says. */
const bodyOf = (name: string, ok: string) => ({
  identity: { type: "custom" as const, value: name },
  displayName: name,
  acknowledged: true,
  answers: { ok },
});

/** Somebody, or a machine, opens a door in a browser. */
export async function open(world: World, nth: number, door: Door, kind: "person" | "bot"): Promise<void> {
  const { call, clock, campaignId } = world;
  const { ports } = call;
  const browser = world.browsers[nth % BROWSERS] as Browser;
  const { now } = clock;
  const visitor = `visitor ${nth % BROWSERS}`;
  const [device, country, inviteId] = ["phone" as const, null, door.inviteId];
  const { workspaceId } = call.actor;
  const scan = { workspaceId, campaignId, inviteId, visitor, kind, device, country, at: now };
  await insertScans(ports.db, [scan], ports.newId());
  if (kind === "bot") return;
  const landing = await openInvite(ports, door.code, null);
  const trail = browser.cookie === null ? [] : await readTrail(ports, campaignId, browser.cookie);
  const next = extendTrail(trail, landing.invite.id, now);
  if (next !== null) browser.cookie = await sealTrail(ports, campaignId, next);
  browser.visits.push({ door, at: now });
  browser.pages.push({ door, ticket: landing.ticket, at: now });
  // A visitor counts once an invite and hour; the person stands, where a machine came first.
  const key = `${inviteId} ${Math.floor(now / (60 * MINUTE))} ${visitor}`;
  if (!world.seen.has(key)) world.paper.scans.push({ at: now, source: door.source });
  world.seen.add(key);
}

/** How somebody comes: by which door, with which code typed in, and in which browser; else a server brings them. */
export type Coming = { door: Door; typed: Door | null; browser: number | null; page: number };

/** Sends a form. What is known of the person before is what the browser carries, or what the server saw. */
export function send(world: World, name: string, ok: string, coming: Coming) {
  const { call, clock, campaignId } = world;
  const browser = coming.browser === null ? null : (world.browsers[coming.browser % BROWSERS] as Browser);
  const [page] = browser?.pages.splice(coming.page % Math.max(1, browser.pages.length), 1) ?? [];
  const door = page?.door ?? coming.door;
  const typed = coming.typed === null ? {} : { inviteCode: coming.typed.code };
  const form = { ...bodyOf(name, ok), ...typed };
  const watched = world.browsers[coming.page % BROWSERS] as Browser;
  const said = watched.visits.slice(-5);
  const touches: Touch[] = (browser === null ? said : remembered(browser.visits)).map((touch) => ({
    ...touch,
    typed: false,
  }));
  if (coming.typed !== null) touches.push({ door: coming.typed, at: clock.now, typed: true });
  const last = { door, at: page?.at ?? clock.now, typed: false };
  const sent = async (): Promise<JoinResult> => {
    if (browser === null) {
      const seen = said.map(({ door, at }) => ({ invite: door.code, at }));
      return joinByServer(call, campaignId, { ...form, invite: door.code, touches: seen } as never, "en");
    }
    const carried = {
      holderOf: async () => browser.holder?.id ?? null,
      touchesOf: async () =>
        browser.cookie === null ? [] : readTrail(call.ports, campaignId, browser.cookie),
      applicationOf: async () => null,
      country: null,
    };
    const ticket = page === undefined ? {} : { ticket: page.ticket };
    return joinAtGate(call.ports, door.code, { ...form, ...ticket } as never, carried as never, "en");
  };
  return { browser, door, all: arrivals(touches, last), sent };
}

/** Lets somebody in, and writes down who should be credited. */
export async function enter(world: World, name: string, coming: Coming): Promise<Known> {
  const { clock, setup, people } = world;
  const { now } = clock;
  const { browser, door, all, sent } = send(world, name, "yes", coming);
  const { participant, outcome } = await sent();
  expect(outcome).toBe("joined");
  const via = pick(setup, all, now) ?? door;
  const known = { holder: browser?.holder ?? null, isKnown: name.startsWith("known") };
  const refusal = refusalOf(via.owner, known, setup);
  const inviter = refusal === null ? via.owner : null;
  const own = { code: participant?.inviteCode as string, inviteId: participant?.inviteId as string };
  const atOnce = setup.confirm === "reveal";
  const person: Known = {
    name,
    inviter,
    via,
    refusal,
    came: door,
    touches: all,
    brought: inviter,
    id: participant?.id as string,
    door: { ...own, source: null, owner: null },
    joinedAt: now,
    source: via.source,
    told: [],
    verdicts: [],
    disqualified: false,
    confirmedAt: atOnce ? now : null,
    seatUntil: atOnce ? Number.POSITIVE_INFINITY : now + 60 * MINUTE,
    heardOf: false,
  };
  person.door.owner = person;
  people.push(person);
  if (browser !== null) {
    browser.holder = person;
    browser.cookie = null;
    browser.visits = [];
  }
  return person;
}

/** A new version of the gate, which asks the same. */
export const renewGate = (world: World, n: number) =>
  patchCampaign(world.call, world.campaignId, { gate: gateOf(`OK ${n}?`) as never });
