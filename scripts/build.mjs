// Bundles the Node entries' own code into dist/; packages stay in node_modules.
import { build } from "esbuild";

await build({
  entryPoints: ["src/node.ts", "src/check.ts", "src/rebuild.ts"],
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  sourcemap: true,
  logLevel: "warning",
});
