import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../support/processes.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

/** What a process says that reads aside; one that does not end by itself, or not well, fails the test. */
async function say(how: string): Promise<string> {
  const args = ["test/processes/reads-beside-reader.ts", `file:${folder.path}/read.db`, how];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
  return stdout.trim();
}

test("a process waits for what it reads aside, and for nothing else", async () => {
  expect(await say("wait")).toBe("4000000");
});

test("a process that closes the file under a read says so, and ends well", async () => {
  expect(await say("close")).toBe("the database is closed");
});
