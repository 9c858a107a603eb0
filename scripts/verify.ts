// The part of `npm run verify` that no other tool checks: openapi.json and the table of
// criteria are up to date, every path that the docs name exists, files stay small, and migrations only add. No database; seconds.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { CRITERIA } from "../src/domain/criteria/index.ts";
import { PROBLEM_CODES, PROBLEMS } from "../src/domain/problem.ts";
import { createApp } from "../src/http/app.ts";
import { documentOf } from "../src/http/openapi.ts";
import { statusOf } from "../src/http/problem.ts";
import type { Ports } from "../src/runtime/ports.ts";
import { criteriaTable, laidOut, withTable } from "./criteria-table.ts";

const MAX_LINES = 300;
const MAX_AGENTS_LINES = 120;
const faults: string[] = [];
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(file));
const read = (file: string): string => readFileSync(file, "utf8");

const document = `${JSON.stringify(documentOf(createApp({} as Ports)), null, 2)}\n`;
if (read("openapi.json") !== document) faults.push("openapi.json is out of date: npm run openapi");

const criteria = read("docs/criteria.md");
if (laidOut(withTable(criteria, criteriaTable(CRITERIA))) !== laidOut(criteria))
  faults.push("docs/criteria.md has an old table: npm run criteria");

// The table of refusals says what the code says: every code, its status, and when.
const cellsOf = (row: string): string[] =>
  row.split("|").map((cell) => cell.trim().replace(/^`(\w+)`$/, "$1"));
const told = new Map(
  read("docs/api.md")
    .split("\n")
    .filter((line) => /^\| `[a-z_]+` +\| \d{3} /.test(line))
    .map((line) => [cellsOf(line)[1], line]),
);
for (const code of PROBLEM_CODES) {
  const row = ["", code, String(statusOf(code)), PROBLEMS[code], ""];
  if (cellsOf(told.get(code) ?? "").join("|") !== row.join("|"))
    faults.push(`docs/api.md wants the row | \`${code}\` | ${statusOf(code)} | ${PROBLEMS[code]} |`);
  told.delete(code);
}
for (const code of told.keys()) faults.push(`docs/api.md has ${code}, which no refusal has`);

// A path is a word in backquotes, or a link, that begins with a name at the top of the project.
const top = new Set(tracked.map((file) => file.split("/")[0] as string));
for (const file of tracked.filter((name) => name.endsWith(".md"))) {
  const named = [
    ...read(file).matchAll(/`([\w.@-]+(?:\/[\w.@<>*-]*)*)`|\]\(((?!https?:|mailto:|#)[^)\s#]+)/g),
  ];
  for (const [, code, link] of named) {
    const path = (code ?? link ?? "").replace(/\/$/, "");
    const isPath = link !== undefined || (path.includes("/") && top.has(path.split("/")[0] as string));
    if (!isPath || /[<>*]/.test(path)) continue;
    const near = link === undefined ? path : new URL(link, `file:///${file}`).pathname.slice(1);
    if (!existsSync(near)) faults.push(`${file} names ${path}, which does not exist`);
  }
}

const lines = (file: string): number => read(file).split("\n").length - 1;
for (const file of tracked.filter((name) => /^(src|test|bench|scripts)\/.*\.tsx?$/.test(name))) {
  if (lines(file) > MAX_LINES) faults.push(`${file} has ${lines(file)} lines: two things live in it`);
}
if (existsSync("AGENTS.md") && lines("AGENTS.md") >= MAX_AGENTS_LINES) {
  faults.push(`AGENTS.md has ${lines("AGENTS.md")} lines, ${MAX_AGENTS_LINES} are too many`);
}

// D1 ignores foreign_keys=OFF: a rebuilt table takes its children with it. One to which no other refers has none.
const migrations = tracked
  .filter((name) => /^migrations\/.*\.sql$/.test(name))
  .map((name) => [name, read(name)] as const);
const parents = new Set(
  migrations.flatMap(([, text]) => [...text.matchAll(/REFERENCES\s+[`"]?(\w+)/gi)].map(([, of]) => of)),
);
for (const [file, text] of migrations) {
  const dropped = [...text.matchAll(/DROP\s+TABLE\s+[`"]?(\w+)/gi)].map(([, table]) => table);
  const renamed = [...text.matchAll(/RENAME\s+TO\s+[`"]?(\w+)/gi)].map(([, table]) => table);
  const rebuilt = dropped.join() === renamed.join() && !dropped.some((table) => parents.has(table));
  if (!rebuilt || /ON\s+DELETE\s+CASCADE/i.test(text)) faults.push(`${file} does not only add`);
}

// `npm ci` refuses a lock file without the packages of other platforms: node scripts/complete-lock.mjs
type Locked = { packages: Record<string, { optionalDependencies?: Record<string, string> }> };
const { packages } = JSON.parse(read("package-lock.json")) as Locked;
const wanted = Object.values(packages).flatMap(({ optionalDependencies }) =>
  Object.keys(optionalDependencies ?? {}),
);
for (const name of wanted.filter((one) => packages[`node_modules/${one}`] === undefined)) {
  faults.push(`package-lock.json lacks ${name}: node scripts/complete-lock.mjs`);
}

for (const file of tracked.filter((name) => statSync(name).size > 1024 * 1024))
  faults.push(`${file} is over 1 MiB`);

for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? `Verified: ${tracked.length} files.` : `${faults.length} faults.`);
if (faults.length > 0) process.exitCode = 1;
