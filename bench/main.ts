import { writeFileSync } from "node:fs";
import { SECTIONS } from "./sections/index.ts";
import { report, type Result, table } from "./support/report.ts";

const RESULTS = "bench/RESULTS.md";

/** `npm run bench -- [section …] [--write]`: all sections unless some are named. */
async function main(args: string[]): Promise<void> {
  const write = args.includes("--write");
  const names = args.filter((arg) => arg !== "--write");
  const unknown = names.filter((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown.length > 0) {
    const known = SECTIONS.map(({ name }) => name).join(", ");
    throw new Error(`There is no section “${unknown.join("”, “")}”. There are: ${known}.`);
  }
  if (write && names.length > 0) throw new Error("--write keeps a whole run: leave the names out.");

  const results: Result[] = [];
  for (const section of SECTIONS) {
    if (names.length > 0 && !names.includes(section.name)) continue;
    const start = performance.now();
    const rows = await section.run();
    results.push({ section, rows });
    const seconds = Math.round((performance.now() - start) / 1000);
    console.log(`\n${section.title} (${seconds} s)\n${section.about}\n\n${table(rows)}`);
  }
  if (write) writeFileSync(RESULTS, report(results));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
