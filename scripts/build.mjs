// Bundles the Node entries' own code into dist/; packages stay in node_modules, but for drizzle-orm: its
// package.json has 180 kB, and Node reads it anew for each of its files, which is 130 MB at every start.
import { build } from "esbuild";
import { readFileSync } from "node:fs";

const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const packages = Object.keys(dependencies).filter((name) => name !== "drizzle-orm");

/** The entries, and what runs in threads of theirs. */
const ENTRIES = ["node", "check", "rebuild", "runtime/database/checkpointer", "runtime/database/reader"];

await build({
  entryPoints: ENTRIES.map((name) => `src/${name}.ts`),
  entryNames: "[name]",
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  external: packages.flatMap((name) => [name, `${name}/*`]),
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  sourcemap: true,
  logLevel: "warning",
});
