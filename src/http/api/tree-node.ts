import { z } from "@hono/zod-openapi";
import type { TreeNode } from "../../domain/tree.ts";
import type { Participant } from "../../services/participants.ts";
import { participant, presentParticipant } from "./participants.ts";

type Node = {
  participant: z.output<typeof participant>;
  direct: number;
  team: number;
  more: boolean;
  children: Node[];
};

/** A node of a tree as the API shows it. */
export const treeNode: z.ZodType<Node> = z
  .object({
    participant,
    direct: z.int(),
    team: z.int(),
    more: z.boolean().openapi({ description: "Somebody whom they brought is not on this page." }),
    get children() {
      return z.array(treeNode);
    },
  })
  .openapi("TreeNode");

/** Nodes with all below them. A loop, not a recursion: trees may be deep. */
export function presentNodes(nodes: readonly TreeNode<Participant>[]): Node[] {
  const shown = (at: TreeNode<Participant>): Node => ({
    ...at,
    participant: presentParticipant(at.participant),
    children: [],
  });
  const tops: Node[] = [];
  const open: [readonly TreeNode<Participant>[], Node[]][] = [[nodes, tops]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    for (const node of pair[0]) {
      const made = shown(node);
      pair[1].push(made);
      open.push([node.children, made.children]);
    }
  }
  return tops;
}
