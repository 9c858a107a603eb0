import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startNodeServer, temporaryFolder } from "../support/processes.ts";

const START = "scripts/start.mjs";
/** Node before version 22.15, and Windows, cannot put another program in a process's place. */
const WITHOUT_EXECVE = ["--import", "data:text/javascript,delete process.execve", START];

test.each([
  ["in the place of the script", [START], "node\0--max-semi-space-size=16\0"],
  ["beside the script", WITHOUT_EXECVE, "--import\0"],
])("what npm start runs serves %s, and ends when it is told to", async (_, args, command) => {
  const folder = await temporaryFolder();
  try {
    const { url, child } = await startNodeServer({ QROVE_DATA: folder.path }, args);
    expect((await fetch(`${url}/v1/communities`)).status).toBe(401);
    // Linux tells what runs under an id.
    const of = (file: string) => `/proc/${child.pid}/${file}`;
    if (existsSync(of("cmdline"))) expect(readFileSync(of("cmdline"), "utf8")).toContain(command);
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    expect(await gone).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow();
  } finally {
    await folder.remove();
  }
});

test.runIf(process.platform === "linux")(
  "asks for huge pages and few pools, unless somebody else has asked for something",
  async () => {
    const folder = await temporaryFolder();
    try {
      for (const [env, tunables] of [
        [{}, "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=4"],
        [{ GLIBC_TUNABLES: "glibc.malloc.perturb=0" }, "glibc.malloc.perturb=0"],
      ] as const) {
        const { child, stop } = await startNodeServer({ QROVE_DATA: folder.path, ...env }, [START]);
        const set = readFileSync(`/proc/${child.pid}/environ`, "utf8");
        // The C library cuts what it has read into pieces.
        const all = `\0${set.replaceAll("\0glibc.", ":glibc.")}`;
        expect(all.split("\0GLIBC_TUNABLES=").slice(1)).toEqual([
          expect.stringMatching(new RegExp(`^${tunables}(\0|$)`)),
        ]);
        await stop();
      }
    } finally {
      await folder.remove();
    }
  },
);
