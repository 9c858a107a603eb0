import { bucketsOf, BUCKET_LEVELS } from "../../src/domain/board.ts";
import { formatId, parseId } from "../../src/domain/id.ts";
import type { Call } from "../../src/services/call.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { beginFold } from "../../src/store/fold/write.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { openCampaign } from "./ports.ts";

const CHUNK = 10_000;

/** The tables of which somebody's place in a tree is made, with the row that a real join left there. */
const PATTERNS = {
  members: "id = (SELECT member_id FROM participants WHERE id = ?2)",
  invites: "participant_id = ?2",
  participants: "id = ?2",
  ledger: "participant_id = ?2",
};

/** What each person has of their own: `n` is their number, ?3 the number of the first id. */
const OWN: Record<string, string> = {
  id: "?3 + own.n",
  identity_hash: "'person ' || own.n",
  display_name: "'person ' || own.n",
  member_id: "?3 + own.n",
  participant_id: "?3 + own.n",
  parent_id: "?3 + own.parent",
  depth: "own.depth",
  attempt: "?3 + own.n",
  invited_via: "coalesce(?3 + own.parent, pattern.invited_via)",
  invite_id: "coalesce(?3 + own.parent, pattern.invite_id)",
  code: "'N' || own.n || pattern.code",
  uses: "own.direct",
};

/** A campaign with a given tree in it: the id of each person, whom they brought, and all below them. */
export type Lineage = {
  campaignId: string;
  idOf: (n: number) => string;
  direct: readonly number[];
  team: readonly number[];
};

/**
 * Fills a campaign with `size` people in sets, where one by one would take minutes: one person really joins,
 * and the others are copied from what that join wrote. `parentOf(n)` is who brought person `n`, an earlier
 * one. Boards are written as folds leave them; then the product's own check recounts everything.
 */
export async function bringLineage(
  call: Call,
  size: number,
  parentOf: (n: number) => number | null,
): Promise<Lineage> {
  const { ports } = call;
  const { campaign, invite } = await openCampaign(call, [size + 1]);
  const identity = { type: "custom" as const, value: "the pattern" };
  const input = { invite: invite.code, identity, acknowledged: true as const, answers: {} };
  const { participant } = await joinByServer(call, campaign.id, input, "en");
  const pattern = parseId("participant", participant?.id ?? "");
  const firstId = ports.newId() + 1_000_000;
  const tree = measure(size, parentOf);
  const copies = await copiesOf(call);
  await inChunks(size, async (numbers) => {
    const rows = numbers.map((n) => [n, tree.parent[n], tree.depth[n], tree.direct[n]]);
    const params = [JSON.stringify(rows), pattern, firstId];
    await ports.db.run(
      "write",
      copies.map((sql) => ({ sql, params })),
    );
  });
  const roots = tree.parent.filter((parent) => parent === null).length;
  const poster = [parseId("invite", invite.id), roots];
  await ports.db.run("write", [
    { sql: "UPDATE invites SET uses = uses + ?2 WHERE id = ?1", params: poster },
    {
      sql: "UPDATE groups SET used = used + ?2 WHERE id = (SELECT group_id FROM participants WHERE id = ?1)",
      params: [pattern, size],
    },
  ]);
  await keepBoards(call, campaign.id, firstId, tree);
  const wrong = await findDifferences(ports.db);
  if (wrong.length > 0) throw new Error(`the people do not add up: ${JSON.stringify(wrong.slice(0, 5))}`);
  const { direct, team } = tree;
  return { campaignId: campaign.id, idOf: (n) => formatId("participant", firstId + n), direct, team };
}

type Tree = { parent: (number | null)[]; depth: number[]; direct: number[]; team: number[] };

/** The sizes of a tree, each person looked at once: inviters have lower numbers. */
function measure(size: number, parentOf: (n: number) => number | null): Tree {
  const parent = Array.from({ length: size }, (_, n) => parentOf(n));
  const depth: number[] = [];
  for (const above of parent) depth.push(above === null ? 0 : (depth[above] as number) + 1);
  const [direct, team] = [parent.map(() => 0), parent.map(() => 0)];
  for (let n = size - 1; n >= 0; n--) {
    const above = parent[n] ?? null;
    if (above === null) continue;
    direct[above] = (direct[above] as number) + 1;
    team[above] = (team[above] as number) + (team[n] as number) + 1;
  }
  return { parent, depth, direct, team };
}

async function inChunks(size: number, work: (numbers: number[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < size; start += CHUNK)
    await work(Array.from({ length: Math.min(CHUNK, size - start) }, (_, i) => start + i));
}

/** The statements that write people (?1: rows of number, parent, depth, direct) as the participant ?2 was written. */
async function copiesOf({ ports }: Call): Promise<string[]> {
  const copies: string[] = [];
  for (const [table, where] of Object.entries(PATTERNS)) {
    const sql = "SELECT name FROM pragma_table_info(?)";
    const [columns = []] = await ports.db.run("read", [{ sql, params: [table] }]);
    const names = columns.map(([name]) => String(name));
    copies.push(`INSERT INTO ${table} (${names.join(", ")})
      SELECT ${names.map((name) => OWN[name] ?? `pattern.${name}`).join(", ")}
      FROM (SELECT value->>0 AS n, value->>1 AS parent, value->>2 AS depth, value->>3 AS direct
        FROM json_each(?1) ORDER BY key) own, (SELECT * FROM ${table} WHERE ${where}) pattern`);
  }
  return copies;
}

/** Writes what folds would have written of all of them. */
async function keepBoards({ ports }: Call, campaignId: string, firstId: number, tree: Tree): Promise<void> {
  const { db } = ports;
  await beginFold(db, campaignId, ports.now());
  const campaign = parseId("campaign", campaignId);
  const run = (sql: string, params: unknown[]) => db.run("write", [{ sql, params }]);
  const scores = { direct: tree.direct, qualified: tree.direct, team: tree.team };
  const [[at] = []] = await db.run("read", [
    { sql: "SELECT min(joined_at) FROM participants WHERE campaign_id = ?", params: [campaign] },
  ]);
  const joinedAt = Number(at?.[0]);
  for (const [metric, score] of Object.entries(scores)) {
    const board = `(SELECT id FROM boards WHERE campaign_id = ${campaign} AND metric = '${metric}')`;
    const counts = new Map<string, number>();
    let people = 0;
    await inChunks(score.length, async (numbers) => {
      const scored = numbers.filter((n) => score[n] !== 0);
      people += scored.length;
      for (const n of scored) {
        for (const [i, bucket] of bucketsOf(score[n] as number, joinedAt).entries()) {
          if (bucket === null) continue;
          const key = `${BUCKET_LEVELS[i]},${bucket}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
      await run(
        `INSERT INTO tallies (board_id, participant_id, score, reached_at, ranked)
          SELECT ${board}, value->>0, value->>1, ?2, 1 FROM json_each(?1)`,
        [JSON.stringify(scored.map((n) => [firstId + n, score[n]])), joinedAt],
      );
    });
    await run(
      `INSERT INTO board_counts (board_id, level, bucket, n)
        SELECT ${board}, value->>0, value->>1, value->>2 FROM json_each(?1)`,
      [`[${[...counts].map(([key, n]) => `[${key},${n}]`).join()}]`],
    );
    await run(`UPDATE boards SET people = ?1 WHERE id = ${board}`, [people]);
  }
  await run(
    `INSERT INTO credits (participant_id, inviter_id, state, qualified_at)
      SELECT id, inviter_id, 3, qualified_at FROM participants WHERE campaign_id = ?1`,
    [campaign],
  );
  await run(
    `UPDATE folds SET people = (SELECT count(*) FROM participants WHERE campaign_id = ?1),
      upto = (SELECT max(id) FROM ledger WHERE campaign_id = ?1) WHERE campaign_id = ?1`,
    [campaign],
  );
}
