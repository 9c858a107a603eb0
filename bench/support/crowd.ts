import { type Id, idCandidate, parseId } from "../../src/domain/id.ts";
import { newCode } from "../../src/services/codes.ts";
import { createDb, type Statement } from "../../src/store/db.ts";
import { findDifferences } from "../../src/store/verify.ts";
import type { Place, World } from "./world.ts";

const CHUNK = 2_000;

type Person = {
  id: number;
  hash: string;
  code: string;
  /** Place of the inviter in the list; null for those whom the poster brought. */
  parent: number | null;
  depth: number;
  direct: number;
  team: number;
};

/** A random number generator with a seed (mulberry32): every run has the same tree. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A tree as campaigns grow: one in twenty comes by the poster, and who brought many brings more. */
function growTree(world: World, size: number, at: number): Person[] {
  const random = generator(1);
  const firstId = idCandidate(at, 0);
  const people: Person[] = [];
  for (let i = 0; i < size; i++) {
    let parent: number | null = i === 0 || random() < 0.05 ? null : Math.floor(random() * i);
    if (parent !== null && random() < 0.5) parent = people[parent]?.parent ?? parent;
    const depth = parent === null ? 0 : (people[parent]?.depth ?? 0) + 1;
    const hash = Buffer.from(world.ports.random(13)).toString("hex");
    people.push({ id: firstId + i, hash, code: newCode(world.ports), parent, depth, direct: 0, team: 0 });
    const inviter = parent === null ? undefined : people[parent];
    if (inviter) inviter.direct++;
    for (let up = inviter; up; up = up.parent === null ? undefined : people[up.parent]) up.team++;
  }
  return people;
}

const number = (kind: Parameters<typeof parseId>[0], id: Id) => BigInt(parseId(kind, id) ?? 0);

/**
 * Fills a campaign with `size` participants in sets, where one by one would take a minute, and has
 * the product's own check compare every counter with the ledger. Answers the codes of their invites.
 */
export async function bringCrowd(world: World, place: Place, size: number): Promise<string[]> {
  const { driver, call, ports } = world;
  const at = ports.now() - 3_600_000;
  const people = growTree(world, size, at);
  const w = number("workspace", call.actor.workspaceId);
  const m = number("community", place.communityId);
  const c = number("campaign", place.campaignId);
  const i = number("invite", place.invite.id);
  const firstGroup = { sql: "SELECT min(id) FROM groups WHERE community_id = ?", params: [m] };
  const [rows] = await driver([firstGroup], "read");
  const g = rows?.[0]?.[0];
  // Of each person: 0 id, 1 hash, 2 code, 3 parent, 4 depth, 5 direct, 6 team, 7 the invite that was used.
  const fill =
    (set: string) =>
    (json: string): Statement => ({
      sql: `WITH person AS (SELECT value v FROM json_each(?1)), k(w, c, m, g, t) AS (SELECT ?2, ?3, ?4, ?5, ?6) ${set}`,
      params: [json, w, c, m, g, at],
    });
  const sets = [
    fill(`INSERT INTO members (id, workspace_id, community_id, identity_hash, identity_type, created_at)
      SELECT v->>0, w, m, v->>1, 'email', t FROM person, k`),
    fill(`INSERT INTO invites (id, workspace_id, campaign_id, participant_id, code, uses, created_at)
      SELECT v->>0, w, c, v->>0, v->>2, v->>5, t FROM person, k`),
    fill(`INSERT INTO participants (id, workspace_id, campaign_id, member_id, parent_id, depth, invited_via,
        group_id, gate_version, display_name, attempt, joined_at)
      SELECT v->>0, w, c, v->>0, v->>3, v->>4, v->>7, g, 1, 'Guest ' || (v->>2), v->>0, t FROM person, k`),
    fill(`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id, group_id, invite_id,
        gate_version, actor, key, at)
      SELECT v->>0, w, c, 'joined', v->>0, v->>3, g, v->>7, 1, 'gate', '', t FROM person, k`),
    fill(`INSERT INTO evaluations (id, workspace_id, campaign_id, identity_hash, gate_version, result, leaves,
        created_at, updated_at)
      SELECT v->>0, w, c, v->>1, 1, 'pass', '[]', t, t FROM person, k`),
    fill(`INSERT INTO scores (workspace_id, campaign_id, metric, period, participant_id, score, reached_at)
      SELECT w, c, 'direct', 'all', v->>0, v->>5, t FROM person, k WHERE v->>5 > 0
      UNION ALL SELECT w, c, 'team', 'all', v->>0, v->>6, t FROM person, k WHERE v->>6 > 0`),
    fill(`UPDATE groups SET used = used + (SELECT count(*) FROM person) WHERE id = (SELECT g FROM k)`),
    fill(
      `UPDATE invites SET uses = uses + (SELECT count(*) FROM person WHERE v->>3 IS NULL) WHERE id = ${i}`,
    ),
  ];
  for (let start = 0; start < size; start += CHUNK) {
    const chunk = people.slice(start, start + CHUNK).map((person) => {
      const parentId = person.parent === null ? null : (people[person.parent]?.id ?? null);
      const { id, hash, code, depth, direct, team } = person;
      return [id, hash, code, parentId, depth, direct, team, parentId ?? Number(i)];
    });
    const json = JSON.stringify(chunk);
    await driver(
      sets.map((set) => set(json)),
      "write",
    );
  }
  const wrong = await findDifferences(createDb(driver));
  if (wrong.length > 0) throw new Error(`the crowd does not add up: ${JSON.stringify(wrong.slice(0, 5))}`);
  return people.map(({ code }) => code);
}
