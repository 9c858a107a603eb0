import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/processes.ts";

/** What a copy of the project tells of itself: run in a process of its own, for modules are loaded once. */
const PROBE = `
  import { CRITERIA } from "./src/domain/criteria/index.ts";
  import { NO_STORED_FACTS } from "./src/domain/criteria/facts.ts";
  import { evaluate, reasonsOf } from "./src/domain/evaluate.ts";
  import { gate } from "./src/domain/gate.ts";
  import { createApp } from "./src/http/app.ts";
  import { documentOf } from "./src/http/openapi.ts";
  import { GateForm } from "./src/http/pages/gate-form.tsx";
  import { criteriaTable } from "./scripts/criteria-table.ts";

  const asked = gate.parse({ kind: "motivation", minLength: 20 });
  const form = (locale) => String(GateForm({
    landing: { gate: asked, ticket: "", challenge: null, invite: { code: "x" } },
    nonce: null, locale, typed: new URLSearchParams(),
  }));
  const judged = (said) => {
    const facts = { ...NO_STORED_FACTS, acknowledged: true, answers: { motivation: said } };
    const evaluation = evaluate(asked, facts);
    return { result: evaluation.result, reasons: reasonsOf(evaluation, "zh-CN") };
  };
  process.stdout.write(JSON.stringify({
    kinds: CRITERIA.map(({ kind }) => kind),
    shapes: documentOf(createApp({})).components.schemas.Gate.anyOf,
    forms: [form("en"), form("zh-CN")],
    table: criteriaTable(CRITERIA),
    faults: gate.safeParse({ kind: "motivation", minLength: 0 }).error.issues.map(({ path }) => path.join(".")),
    short: judged("hm"),
    long: judged("I run every Thursday by the river."),
  }));
`;

type Told = {
  kinds: string[];
  shapes: { properties: Record<string, Record<string, unknown>>; description?: string }[];
  forms: string[];
  table: string;
  faults: string[];
  short: { result: string; reasons: { code: string; remedy: string | null; enough: boolean }[] };
  long: { result: string };
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let told: Told;

/** The code of CONTRIBUTING.md's section, in its order: the file, and the registry's lines. */
async function contributed(): Promise<{ file: string; line: string }> {
  const text = await readFile("CONTRIBUTING.md", "utf8");
  const section = text.slice(text.indexOf("## Add a criterion"), text.indexOf("## Add a metric"));
  const [file = "", registry = ""] = [...section.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");
  return { file, line: registry.split("\n")[0] ?? "" };
}

beforeAll(async () => {
  folder = await temporaryFolder();
  const at = (path: string) => join(folder.path, path);
  for (const part of ["src", "scripts"]) await cp(part, at(part), { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) await cp(file, at(file));
  await symlink(join(process.cwd(), "node_modules"), at("node_modules"));
  await mkdir(at("test"));

  const { file, line } = await contributed();
  await writeFile(at("src/domain/criteria/motivation.ts"), file);
  const index = await readFile("src/domain/criteria/index.ts", "utf8");
  const added = `${line}\n${index.replace("const registry = [", "const registry = [\n  motivation,")}`;
  await writeFile(at("src/domain/criteria/index.ts"), added);
  await writeFile(at("probe.ts"), PROBE);
  const tsx = join(process.cwd(), "node_modules/.bin/tsx");
  told = JSON.parse(execFileSync(tsx, ["probe.ts"], { cwd: folder.path, encoding: "utf8" })) as Told;
}, 60_000);
afterAll(() => folder.remove());

describe("a criterion that is added as CONTRIBUTING.md says, one file and one line", () => {
  test("is one of the gate's kinds, checked by its own config", () => {
    expect(told.kinds).toContain("motivation");
    expect(told.faults).toEqual(["minLength"]);
  });

  test("stands in the API document", () => {
    const shape = told.shapes.find(({ properties }) => properties["kind"]?.["const"] === "motivation");
    expect(shape?.properties["minLength"]).toMatchObject({ type: "integer", minimum: 1, maximum: 500 });
    expect(shape?.description).toContain("why they want to come in");
  });

  test("asks its question in the form, in both languages", () => {
    const [en, zh] = told.forms;
    expect(en).toMatch(
      /<label for="answers.motivation">Why do you want to come in\?<\/label><input [^>]*name="answers.motivation"/,
    );
    expect(zh).toContain("您为什么想加入？");
  });

  test("stands in the table of the docs", () => {
    expect(told.table).toMatch(/^\| `motivation` \| The person says .* \| `minLength` \|  \|$/m);
  });

  test("judges, with a reason, a remedy, and what would be enough", () => {
    expect(told.long.result).toBe("pass");
    expect(told.short.result).toBe("fail");
    expect(told.short.reasons.at(-1)).toMatchObject({
      code: "motivation_short",
      remedy: "请用至少 20 个字说明。",
      enough: true,
    });
  });
});
