import { type SQL, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { DEFAULT_RECHECK, type RecheckRules } from "../../src/domain/elimination.ts";
import { type Id, parseId } from "../../src/domain/id.ts";
import { readLeaderboard } from "../../src/services/boards.ts";
import type { Call } from "../../src/services/call.ts";
import { createCampaign, moveCampaign } from "../../src/services/campaigns.ts";
import { createCommunity } from "../../src/services/communities.ts";
import { createGroup } from "../../src/services/groups.ts";
import { listEvents } from "../../src/services/health.ts";
import { hashIdentity } from "../../src/services/identities.ts";
import { createInvite } from "../../src/services/invites.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { getParticipant } from "../../src/services/participants.ts";
import { readLedger } from "../../src/services/reports.ts";
import { keepCounts } from "../../src/services/counting.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { COMMUNITY } from "../support/api.ts";
import { type Clock, openPorts } from "../support/ports.ts";

export const HOUR = 3_600_000;
export const START = Date.parse("2026-03-01T08:00:00Z");
export const clock: Clock = { now: START };

let opened: Awaited<ReturnType<typeof openPorts>>;
/** Who asks: set before the first test. */
export let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterEach(async () => {
  await keepCounts(call.ports);
  expect(await findDifferences(call.ports.db)).toEqual([]);
});
afterAll(() => opened.close());

const LEVEL = { kind: "level", min: 3, recheck: true };

/** A published campaign with groups on Telegram, where a bot can take people out. */
export async function open(
  rules: Partial<RecheckRules> = {},
  {
    gate = LEVEL,
    carrier = "telegram",
    capacity = 10,
  }: { gate?: unknown; carrier?: string; capacity?: number } = {},
) {
  const community = await createCommunity(call, { ...COMMUNITY, commercialIntent: "none" });
  const joinUrl = carrier === "telegram" ? "https://t.me/+abcdef" : "https://example.com/";
  await createGroup(call, community.id, { name: "Group", carrier: carrier as never, joinUrl, capacity });
  const campaign = await createCampaign(call, {
    communityId: community.id,
    name: "Spring",
    type: "evergreen",
    gate: gate as never,
    recheck: { ...DEFAULT_RECHECK, action: "remove", ...rules },
  });
  await moveCampaign(call, campaign.id, "publish");
  const invite = await createInvite(call, campaign.id, { channel: "poster" });
  return { community, campaign, code: invite.code };
}
export type World = Awaited<ReturnType<typeof open>>;

export const identityOf = (value: string) => ({ type: "custom" as const, value });

const number = (kind: "workspace" | "community" | "participant", id: Id) => parseId(kind, id);

export const write = (statement: SQL) => call.ports.db.write([call.ports.db.q.run(statement)]);

/** What outside systems tell of somebody in the community. */
export async function profile(
  { community }: World,
  value: string,
  { level, tags = [], lastReadAt = null }: { level: number; tags?: string[]; lastReadAt?: number | null },
) {
  const { workspaceId } = call.actor;
  const hash = await hashIdentity(call.ports, workspaceId, identityOf(value));
  await write(sql`INSERT INTO profiles (workspace_id, community_id, identity_hash, level, tags, attributes, last_read_at, updated_at)
    VALUES (${number("workspace", workspaceId)}, ${number("community", community.id)}, ${hash}, ${level},
      ${JSON.stringify(tags)}, '{}', ${lastReadAt}, ${clock.now})
    ON CONFLICT DO UPDATE SET level = excluded.level, tags = excluded.tags, last_read_at = excluded.last_read_at`);
}

/** Brings somebody by an invite, on a level that is high enough. */
export async function member(world: World, value: string, code = world.code) {
  await profile(world, value, { level: 3 });
  const input = {
    invite: code,
    identity: identityOf(value),
    acknowledged: true,
    answers: {},
    displayName: value,
  };
  const { outcome, participant } = await joinByServer(call, world.campaign.id, input, "en");
  expect(outcome).toBe("joined");
  return { id: participant?.id as Id, code: participant?.inviteCode as string };
}

type Row = [
  state: string,
  since: number | null,
  graceUntil: number | null,
  dueAt: number | null,
  leaves: string | null,
];

/** How a member's check stands. */
export async function checkOf(id: Id) {
  const { db } = call.ports;
  const [rows] = await db.read([
    db.q.all<Row>(
      sql`SELECT state, since, grace_until, due_at, leaves FROM checks WHERE participant_id = ${number("participant", id)}`,
    ),
  ]);
  const [state, since, graceUntil, dueAt, leaves] = rows[0] as Row;
  const codes = leaves === null ? [] : (JSON.parse(leaves) as { code: string }[]).map(({ code }) => code);
  return { state, since, graceUntil, dueAt, codes };
}

/** What the ledger says of somebody: `kind by actor`, oldest first. */
export async function story({ campaign }: World, id: Id): Promise<string[]> {
  const { data } = await readLedger(call, campaign.id, { limit: 100 });
  return data
    .filter(({ participantId }) => participantId === id)
    .map(({ kind, actor }) => `${kind} by ${actor.startsWith("key_") ? "key" : actor}`);
}

/** What the outbox told of somebody, oldest first. */
export async function told({ campaign }: World, id: Id): Promise<string[]> {
  const { data } = await listEvents(call, campaign.id, { limit: 100 });
  return data
    .filter(({ subject }) => subject === id)
    .map(({ kind }) => kind)
    .reverse();
}

/** What the audit trail says of somebody: `kind by actor: reason`. */
export async function trail(id: Id): Promise<string[]> {
  const { db } = call.ports;
  const [rows] = await db.read([
    db.q.all<[string, string, string | null]>(sql`SELECT kind, actor, reason FROM audit
      WHERE subject = ${number("participant", id)} ORDER BY id`),
  ]);
  return rows.map(
    ([kind, actor, reason]) =>
      `${kind} by ${actor.startsWith("key_") ? "key" : actor}${reason === null ? "" : `: ${reason}`}`,
  );
}

/** What somebody has on the boards. */
export async function scores({ campaign }: World, name: string) {
  const of = async (metric: "direct" | "qualified" | "team") => {
    const board = await readLeaderboard(call, campaign.id, { metric, limit: 10, fresh: true });
    return board.data.find(({ participant }) => participant.displayName === name)?.score ?? 0;
  };
  return { direct: await of("direct"), qualified: await of("qualified"), team: await of("team") };
}

export const seatStateOf = async (id: Id) => (await getParticipant(call, id)).seatState;
export const standingOf = async (id: Id) => (await getParticipant(call, id)).standing ?? "good";
