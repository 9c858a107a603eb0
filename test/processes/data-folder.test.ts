import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startNodeServer, temporaryFolder } from "../support/processes.ts";

test("the data folder and the secret in it are their owner's alone", async () => {
  const folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const server = await startNodeServer({ QROVE_DATA: data });
  try {
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await modeOf(data)).toBe("700");
    expect(await modeOf(join(data, "secret"))).toBe("600");
  } finally {
    await server.stop();
    await folder.remove();
  }
});
