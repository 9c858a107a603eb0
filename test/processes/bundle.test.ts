import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/processes.ts";

const LIMIT = 512 * 1024;

test("the Worker builds with wrangler, and is below 512 KiB gzipped", async () => {
  const folder = await temporaryFolder();
  execFileSync("wrangler", ["deploy", "--dry-run", "--outdir", folder.path], { stdio: "pipe" });
  const size = gzipSync(readFileSync(join(folder.path, "worker.js"))).length;
  await folder.remove();
  console.log(`the Worker: ${Math.round(size / 1024)} KiB gzipped`);
  expect(size).toBeGreaterThan(50 * 1024);
  expect(size).toBeLessThan(LIMIT);
});
