import { idCandidate, parseId } from "../../src/domain/id.ts";
import { newCode } from "../../src/services/codes.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { createDb, type Statement } from "../../src/store/db.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { newcomer, type Place, type World } from "./world.ts";

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

/** The tables of which a participant is made, with the row that a real join left there. */
const PATTERNS = {
  members: "id = (SELECT member_id FROM participants WHERE id = ?2)",
  invites: "participant_id = ?2",
  participants: "id = ?2",
  ledger: "participant_id = ?2",
  evaluations:
    "identity_hash = (SELECT m.identity_hash FROM participants p JOIN members m ON m.id = p.member_id WHERE p.id = ?2)",
};

/** What a person of the crowd has of their own, column by column; all else is as in the pattern. */
const OWN: Record<string, string> = {
  id: "v->>'id'",
  identity_hash: "v->>'hash'",
  member_id: "v->>'id'",
  participant_id: "v->>'id'",
  parent_id: "v->>'parentId'",
  depth: "v->>'depth'",
  attempt: "v->>'id'",
  invited_via: "v->>'via'",
  invite_id: "v->>'via'",
  code: "v->>'code'",
  uses: "v->>'direct'",
};

/** The statements that write a list of people (?1) as the participant ?2 was written. */
async function copiesOf({ driver }: World): Promise<string[]> {
  const copies = [];
  for (const [table, pattern] of Object.entries(PATTERNS)) {
    const sql = "SELECT name FROM pragma_table_info(?)";
    const [rows = []] = await driver([{ sql, params: [table] }], "read");
    const columns = rows.map(([name]) => String(name));
    const values = columns.map((name) => OWN[name] ?? `pattern.${name}`);
    copies.push(`INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")}
      FROM (SELECT value v FROM json_each(?1)), (SELECT * FROM ${table} WHERE ${pattern}) pattern`);
  }
  const score = (metric: string) => `INSERT INTO scores
      (workspace_id, campaign_id, metric, period, participant_id, score, reached_at)
    SELECT p.workspace_id, p.campaign_id, '${metric}', 'all', v->>'id', v->>'${metric}', p.joined_at
    FROM (SELECT value v FROM json_each(?1)), participants p WHERE p.id = ?2 AND v->>'${metric}' > 0`;
  const used = `UPDATE groups SET used = used + json_array_length(?1)
    WHERE id = (SELECT group_id FROM participants WHERE id = ?2)`;
  const uses = `UPDATE invites SET uses = uses + (SELECT count(*) FROM json_each(?1) WHERE value->>'depth' = 0)
    WHERE id = (SELECT invited_via FROM participants WHERE id = ?2)`;
  return [...copies, score("direct"), score("team"), used, uses];
}

/**
 * Fills a campaign with `size` participants in sets, where one by one would take a minute: one person
 * really joins, and the crowd is copied from what that join wrote. Then the product's own check
 * compares every counter with the ledger. Answers the codes of the crowd's invites.
 */
export async function bringCrowd(world: World, place: Place, size: number): Promise<string[]> {
  const { driver, call, ports } = world;
  const first = await joinByServer(call, place.campaignId, newcomer(place.invite.code), "en");
  const pattern = BigInt(parseId("participant", first.participant?.id ?? "") ?? 0);
  const people = growTree(world, size, ports.now() - 3_600_000);
  const poster = parseId("invite", place.invite.id);
  const copies = await copiesOf(world);
  for (let start = 0; start < size; start += CHUNK) {
    const chunk = people.slice(start, start + CHUNK).map(({ parent, ...person }) => {
      const parentId = parent === null ? null : people[parent]?.id;
      return { ...person, parentId, via: parentId ?? poster };
    });
    const params = [JSON.stringify(chunk), pattern];
    const statements: Statement[] = copies.map((sql) => ({ sql, params }));
    await driver(statements, "write");
  }
  const wrong = await findDifferences(createDb(driver));
  if (wrong.length > 0) throw new Error(`the crowd does not add up: ${JSON.stringify(wrong.slice(0, 5))}`);
  return people.map(({ code }) => code);
}
