import { openPass } from "./browser.ts";
import type { Diary } from "./crowd.ts";
import type { Api, Participant, TreeNode } from "./marketer.ts";
import { type Count, teamOf } from "./model.ts";
import { byId, byPlace, type Verdict } from "./verdict.ts";

/** The tree endpoint answers at most this many nodes at once. */
const TREE_NODES = 1000;

/** Of the participants' own pages, one in so many is opened. */
const EVERY = 10;

type Node = { id: string; parent: string | null; direct: number; team: number };
const nodeText = ({ parent, direct, team }: Node) => `below ${parent}: ${direct} direct, ${team} in all`;

/** A tree's nodes, each with the node that it hangs below. */
function flatten(tree: TreeNode, parent: string | null): Node[] {
  const nodes: Node[] = [];
  const open: [TreeNode, string | null][] = [[tree, parent]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [{ participant, direct, team, children }, above] = pair;
    nodes.push({ id: participant.id, parent: above, direct, team });
    open.push(...children.map((child): [TreeNode, string] => [child, participant.id]));
  }
  return nodes;
}

/** The largest tree that fits in one answer, and the line of inviters above the deepest participant. */
export async function checkTree(verdict: Verdict, api: Api, own: Count): Promise<void> {
  const top = own.board.team.find(({ score }) => score < TREE_NODES);
  const [deepest] = [...own.depth].toSorted(([, a], [, b]) => b - a);
  if (top === undefined || deepest === undefined) throw new Error("there is no tree");
  const parentOf = (id: string) => own.joins.get(id)?.parent ?? null;
  const expected = [...teamOf(own, top.id)].map((id) => ({
    id,
    parent: parentOf(id),
    direct: own.score.direct.get(id) ?? 0,
    team: own.score.team.get(id) ?? 0,
  }));
  const tree = (await api.get(`/participants/${top.id}/tree`, { depth: 100 })) as TreeNode;
  verdict.compare(
    "by our own count: the largest tree that one answer holds",
    byId(expected, nodeText),
    byId(flatten(tree, parentOf(top.id)), nodeText),
  );
  const line: string[] = [];
  for (let id = parentOf(deepest[0]); id !== null; id = parentOf(id)) line.push(id);
  const above = (await api.get(`/participants/${deepest[0]}/ancestors`)) as { data: Participant[] };
  verdict.compare(
    "by our own count: the inviters above the deepest participant",
    byPlace(line, String),
    byPlace(above.data, ({ id }) => id),
  );
}

type Shown = { id: string; group: string; invite: string; numbers: (number | undefined)[] };
const pageText = ({ group, invite, numbers }: Shown) => `${group}, ${invite}, ${numbers.join(" / ")}`;

/** Participants' own pages: their seat and invite, whom they brought, their team, and their rank. */
export async function checkPages(verdict: Verdict, { passes }: Diary, own: Count): Promise<void> {
  const { direct, team } = own.score;
  const ranks = new Map(own.board.direct.map(({ id, rank }) => [id, rank]));
  const some = passes.filter((_, i) => i % EVERY === 0);
  const opened: Shown[] = [];
  for (const { id, url } of some) {
    const page = await openPass(url);
    const numbers = [page.direct, page.team, page.rank ?? undefined];
    opened.push({ id, group: page.group?.joinUrl ?? "no group", invite: page.invite.url, numbers });
  }
  verdict.compare(
    "by our own count: seat, invite and rank on every tenth own page",
    byId(some, ({ id, ...page }) =>
      pageText({ id, ...page, numbers: [direct.get(id) ?? 0, team.get(id) ?? 0, ranks.get(id)] }),
    ),
    byId(opened, pageText),
  );
}
