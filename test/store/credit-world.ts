import { sql } from "drizzle-orm";
import { newSeat } from "../../src/domain/allocation.ts";
import { formatId, type Id, parseId } from "../../src/domain/id.ts";
import { admit } from "../../src/store/join/admit.ts";
import type { JoinCredit } from "../../src/store/join/credit.ts";
import { allocation, call, clock, open } from "./seats-world.ts";

export type World = Awaited<ReturnType<typeof open>>;
export type Person = { id: Id; invite: Id };

const nothing: JoinCredit = { inviteId: null, holderId: null, allowKnown: false, touches: null };
let attempts = 0;

/** Lets `name` in by the door of an invite, as the service does, and reads off how that is credited. */
export async function enter(
  { community, campaign }: Pick<World, "community" | "campaign">,
  name: string,
  door: Id,
  credit: Partial<JoinCredit> = {},
) {
  const rules = allocation({});
  const standing = await admit(call.ports.db, {
    workspaceId: call.actor.workspaceId,
    communityId: community.id,
    campaignId: campaign.id,
    inviteId: door,
    identityHash: name,
    identityType: "custom",
    attempt: ++attempts,
    ticket: null,
    now: clock.now,
    evaluation: { gateVersion: 1, result: "pass", leaves: [], factsDigest: null, facts: null },
    spends: [],
    credit: { ...nothing, ...credit },
    displayName: name,
    attributes: null,
    strategy: "in_order",
    seat: newSeat(rules, clock.now),
    mayWait: true,
    applies: false,
    rechecks: false,
    application: null,
    code: call.ports.newCode(),
    actor: "gate",
    newId: call.ports.newId,
  });
  const id = standing.participant?.id as Id;
  return { id, invite: standing.participant?.inviteId as Id, waits: standing.waiting !== null };
}

type Decided = [
  parent: number | null,
  depth: number,
  level: number,
  via: number | null,
  refusal: string | null,
  touches: string | null,
];

/** What was decided about a participant, by its name in the campaign. */
export async function decided({ campaign }: Pick<World, "campaign">, name: string) {
  const { db } = call.ports;
  const [rows] = await db.read([
    db.q
      .all<Decided>(sql`SELECT parent_id, depth, depth + level_shift AS level, credited_via, refusal, touches
      FROM participants WHERE campaign_id = ${parseId("campaign", campaign.id)} AND display_name = ${name}`),
  ]);
  const [parent, depth, level, via, refusal, touches] = rows[0] as Decided;
  return {
    parent: parent === null ? null : formatId("participant", parent),
    depth,
    level,
    via: via === null ? null : formatId("invite", via),
    refusal,
    touches: touches === null ? null : (JSON.parse(touches) as unknown),
  };
}

/** How a root is decided. */
export const ROOT = { parent: null, depth: 0, level: 0, via: null, refusal: null, touches: null };

export async function usesOf(invite: Id): Promise<number> {
  const { db } = call.ports;
  const [rows] = await db.read([
    db.q.all<[number]>(sql`SELECT uses FROM invites WHERE id = ${parseId("invite", invite)}`),
  ]);
  return (rows[0] as [number])[0];
}

/** A campaign with a root and a chain of friends below it. */
export async function chain(length: number): Promise<{ world: World; people: Person[] }> {
  const world = await open([100]);
  const people: Person[] = [await enter(world, "0", world.invite.id)];
  for (let i = 1; i < length; i++)
    people.push(await enter(world, String(i), (people[i - 1] as Person).invite));
  return { world, people };
}

/** `[joined, qualified, foreseen]` of a participant. */
export async function qualifying({ campaign }: Pick<World, "campaign">, name: string): Promise<unknown> {
  const { db } = call.ports;
  const [rows] = await db.read([
    db.q.all(sql`SELECT joined_at, qualified_at, qualifies_at FROM participants
      WHERE campaign_id = ${parseId("campaign", campaign.id)} AND display_name = ${name}`),
  ]);
  return rows[0];
}

/** What the ledger says of a participant: `[kind, actor, key, qualifies_at, rule_version]`. */
export async function entries({ campaign }: Pick<World, "campaign">, name: string): Promise<unknown[]> {
  const { db } = call.ports;
  const [rows] = await db.read([
    db.q.all(sql`SELECT l.kind, l.actor, l.key, l.qualifies_at, l.rule_version FROM ledger l
      JOIN participants p ON p.id = l.participant_id AND l.parent_id IS p.parent_id
      WHERE p.campaign_id = ${parseId("campaign", campaign.id)} AND p.display_name = ${name} ORDER BY l.id`),
  ]);
  return rows;
}
