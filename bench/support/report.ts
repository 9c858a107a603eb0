import { machine } from "./machine.ts";
import { ROUNDS } from "./rounds.ts";
import type { Row, Section, Spread } from "./section.ts";

export type Result = { section: Section; rows: Row[]; notes: string[] };

const HOW_TO_READ =
  `× base: how many times the base's cost, so lower is better; the median of ${ROUNDS} rounds in which base and ` +
  "subject took turns, with the quartiles beside it. The aim is what the median should not exceed. Rates are " +
  "medians of the same rounds and drift with the machine: compare ratios.";

const HEADINGS = ["case", "× base", "middle half", "aim", "base /s", "this /s", "unit"];

const rate = (value: number): string => Math.round(value).toLocaleString("en-GB");

const judge = (aim: number | null, { median }: Spread): string =>
  aim === null ? "" : `≤ ${aim.toFixed(2)} ${median <= aim ? "met" : "missed"}`;

const cells = ({ case: name, ratio, aim, base, subject, unit }: Row): string[] => [
  name,
  ratio.median.toFixed(2),
  `${ratio.low.toFixed(2)} – ${ratio.high.toFixed(2)}`,
  judge(aim, ratio),
  rate(base),
  rate(subject),
  unit.replace("/s", ""),
];

/** A Markdown table whose columns line up in a terminal too. */
export function table(rows: Row[]): string {
  const lines = [HEADINGS, ...rows.map(cells)];
  const isNumber = (column: number) => column > 0 && column < HEADINGS.length - 1;
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const draw = (line: string[]) => {
    const padded = line.map((cell, column) =>
      isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, column) =>
    isNumber(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  return [draw(HEADINGS), draw(rule), ...lines.slice(1).map(draw)].join("\n");
}

/** A section's table and, below it, its notes. */
export const body = (rows: Row[], notes: readonly string[]): string =>
  [
    ...(rows.length === 0 ? [] : [table(rows)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join("\n")]),
  ].join("\n\n");

/** A section as it stands in the report, with what it was measured on. */
function part({ section: { title, about }, rows, notes }: Result): string {
  const facts = machine().map(([name, value]) => `${name}: ${value}`);
  return `## ${title}\n\n${about}\n\n${body(rows, notes)}\n\n${facts.join("; ")}.`;
}

/** The sections of a report that was written before, by their titles. */
function partsOf(text: string): Map<string, string> {
  const parts = text.split(/^(?=## )/m).filter((one) => one.startsWith("## "));
  return new Map(parts.map((one) => [one.slice(3, one.indexOf("\n")), one.trim()]));
}

/**
 * The whole report as Markdown: what was measured now, and of the other sections what stood there before.
 * @param sections all that there are, in their order
 */
export function report(results: Result[], sections: readonly Section[], before: string): string {
  const parts = partsOf(before);
  for (const result of results) parts.set(result.section.title, part(result));
  const known = sections.flatMap(({ title }) => parts.get(title) ?? []);
  return `${["# What was measured", "Written by `npm run bench -- --write`, or with a section's name for that one.", HOW_TO_READ, ...known].join("\n\n")}\n`;
}
