import { z } from "zod";
import type { Criterion } from "../src/domain/criteria/types.ts";

/** Where the table stands in docs/criteria.md. */
export const BEGIN = "<!-- What follows is derived from the registry: npm run criteria -->";
export const END = "<!-- Until here. -->";

type Shape = { properties?: Record<string, { default?: unknown }>; required?: string[] };

/** The fields of a criterion's config: those that must be there, and the others with a question mark. */
function fieldsOf({ config }: Criterion): string {
  const { properties = {}, required = [] } = z.toJSONSchema(config, {
    io: "input",
    unrepresentable: "any",
  }) as Shape;
  const named = Object.keys(properties).filter((name) => name !== "kind");
  const shown = named.map((name) => `\`${name}\`${required.includes(name) ? "" : "?"}`);
  return shown.length === 0 ? "–" : shown.join(", ");
}

/** The table of all criteria, as Markdown. */
export function criteriaTable(criteria: readonly Criterion[]): string {
  const rows = criteria.map((criterion) => {
    const { kind, summary, recheck } = criterion;
    return `| \`${kind}\` | ${summary} | ${fieldsOf(criterion)} | ${recheck === true ? "yes" : ""} |`;
  });
  const head = ["| kind | what it asks | config | `recheck` |", "| --- | --- | --- | --- |"];
  return [...head, ...rows].join("\n");
}

/** A document with its table renewed. Throws where the marks are missing. */
export function withTable(document: string, table: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error("the marks of the table are missing");
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}

/** A document in a form that does not depend on how its tables are laid out. */
export const laidOut = (document: string): string =>
  document.replace(/[ \t]+/g, " ").replace(/\|( ?:?-+:? ?\|)+/g, "|-|");
