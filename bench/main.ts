import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { SECTIONS } from "./sections/index.ts";
import { body, report, type Result } from "./support/report.ts";
import { scoped } from "./support/scope.ts";
import type { Run } from "./support/section.ts";

const RESULTS = "bench/RESULTS.md";
const PARTICIPANTS = "1m,10m";

/** `1m,10m` as numbers, the smallest first. */
function readSizes(text: string): number[] {
  const sizes = text.split(",").map((part) => {
    const [, digits, unit = ""] = /^(\d+)([km]?)$/i.exec(part.trim()) ?? [];
    return Number(digits) * ({ "": 1, k: 1_000, m: 1_000_000 }[unit.toLowerCase()] ?? Number.NaN);
  });
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1_000))
    throw new Error(`--participants takes sizes from 1k on, as in ${PARTICIPANTS}.`);
  return sizes.sort((a, b) => a - b);
}

/** `npm run bench -- [section …] [--participants=1m,10m] [--write]`: all sections unless some are named. */
async function main(args: string[]): Promise<void> {
  const flags = args.filter((arg) => arg.startsWith("--"));
  const names = args.filter((arg) => !arg.startsWith("--"));
  const write = flags.includes("--write");
  const sizes = flags.find((flag) => flag.startsWith("--participants="));
  const strange = flags.find((flag) => flag !== "--write" && flag !== sizes);
  if (strange !== undefined) throw new Error(`There is no flag “${strange}”.`);
  const unknown = names.filter((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown.length > 0) {
    const known = SECTIONS.map(({ name }) => name).join(", ");
    throw new Error(`There is no section “${unknown.join("”, “")}”. There are: ${known}.`);
  }

  const before = existsSync(RESULTS) ? readFileSync(RESULTS, "utf8") : "";
  const results: Result[] = [];
  const failed: string[] = [];
  await scoped(async (defer) => {
    const run: Run = { participants: readSizes(sizes?.split("=")[1] ?? PARTICIPANTS), defer };
    for (const section of SECTIONS) {
      if (names.length > 0 && !names.includes(section.name)) continue;
      const start = performance.now();
      const outcome = await section.run(run).catch((error: unknown) => {
        // The others are measured, and written, all the same.
        failed.push(section.name);
        console.error(section.name, error);
        return null;
      });
      if (outcome === null) continue;
      const { rows, notes } = outcome;
      results.push({ section, rows, notes });
      const seconds = Math.round((performance.now() - start) / 1000);
      console.log(`\n${section.title} (${seconds} s)\n${section.about}\n\n${body(rows, notes)}`);
      // At once: a run that is ended before its time keeps what it measured.
      if (write) writeFileSync(RESULTS, report(results, SECTIONS, before));
    }
  });
  if (failed.length > 0) throw new Error(`Not measured: ${failed.join(", ")}.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
