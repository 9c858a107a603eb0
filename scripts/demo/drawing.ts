import type { BoardRow, Funnel, Group, TreeNode } from "./marketer.ts";

const WIDTH = 40;

/** Numbers as people read them. */
export const number = (n: number): string => n.toLocaleString("en-US");

/** A bar of whole and eighth blocks on a dotted line. */
export function bar(part: number, whole: number, width = WIDTH): string {
  const eighths = whole === 0 ? 0 : Math.round((part / whole) * width * 8);
  const rest = eighths % 8;
  const full = "█".repeat(Math.floor(eighths / 8)) + (rest === 0 ? "" : (" ▏▎▍▌▋▊▉"[rest] as string));
  return full.padEnd(width, "·");
}

/** A bar that grows in place on a terminal; elsewhere one line every tenth of the way. */
export function progress(out: NodeJS.WriteStream): (done: number, of: number) => void {
  let shown = -1;
  return (done, of) => {
    const percent = Math.floor((done / of) * 100);
    const step = out.isTTY ? percent : percent - (percent % 10);
    if (step === shown) return;
    shown = step;
    if (out.isTTY)
      out.write(`\r  ${bar(done, of)} ${String(percent).padStart(3)} %${done === of ? "\n" : ""}`);
    else out.write(`  ${String(step).padStart(3)} % of ${number(of)} visits\n`);
  };
}

export const title = (text: string): string => `\n${text}\n${"─".repeat(text.length)}`;

export function drawFunnel({ steps, waitlisted }: Funnel): string {
  const top = steps[0]?.people ?? 0;
  const rows = [
    ...steps.map(({ step, people }) => ({ step, people })),
    { step: "waiting", people: waitlisted },
  ];
  return rows
    .map(({ step, people }) => `  ${step.padEnd(9)} ${bar(people, top)} ${number(people).padStart(6)}`)
    .join("\n");
}

/** Two boards beside each other. */
export function drawBoards(direct: readonly BoardRow[], team: readonly BoardRow[]): string {
  const cell = (row?: BoardRow) =>
    row === undefined
      ? ""
      : `${String(row.rank).padStart(4)}  ${row.participant.displayName.padEnd(10)} ${number(row.score).padStart(6)}`;
  const lines = Array.from({ length: Math.max(direct.length, team.length) }, (_, i) =>
    `  ${cell(direct[i]).padEnd(30)}${cell(team[i])}`.trimEnd(),
  );
  return [`  ${"  whom they brought".padEnd(30)}  everybody below them`, ...lines].join("\n");
}

/** The groups in the order in which they are filled. */
export const drawGroups = (groups: readonly Group[]): string =>
  groups
    .toSorted((a, b) => a.priority - b.priority)
    .map(
      ({ name, used, capacity }) =>
        `  ${name} ${bar(used, capacity)} ${String(used).padStart(4)} of ${capacity}`,
    )
    .join("\n");

/** How many branches are drawn below the root, below its branches, and so on. */
const BRANCHES = [3, 2, 2];

/** The top of a tree: the largest branches of each node, and how many more there are. */
export function drawTree(root: TreeNode): string {
  const label = ({ participant, direct, team }: TreeNode) =>
    team === 0
      ? participant.displayName
      : `${participant.displayName}  ${number(direct)} direct, ${number(team)} in all`;
  const below = (node: TreeNode, indent: string, level: number): string[] => {
    const branches = BRANCHES[level];
    if (branches === undefined) return [];
    const largest = node.children.toSorted((a, b) => b.team - a.team).slice(0, branches);
    const more = node.direct - largest.length;
    const lines = largest.flatMap((child, i) => {
      const last = i === largest.length - 1 && more === 0;
      return [
        `${indent}${last ? "└─" : "├─"} ${label(child)}`,
        ...below(child, `${indent}${last ? "   " : "│  "}`, level + 1),
      ];
    });
    return more === 0 ? lines : [...lines, `${indent}└─ … and ${number(more)} more`];
  };
  return [`  ${label(root)}`, ...below(root, "  ", 0)].join("\n");
}
