import { join } from "node:path";
import { hasLibsqlServer, startLibsqlServer, temporaryFolder } from "../../test/support/processes.ts";
import type { Defer } from "./scope.ts";

/** Where a measured database lives. */
export type Storage = "file" | "server";

export const STORAGE_TITLE: Record<Storage, string> = { file: "file", server: "libSQL server" };

/** The storages of this machine: the libSQL server exists for Linux on x64 only. */
export const storages = (): Storage[] => (hasLibsqlServer() ? ["file", "server"] : ["file"]);

/** A fresh, empty database of its own; answers its URL. */
export async function freshDatabase(storage: Storage, defer: Defer): Promise<string> {
  if (storage === "server") {
    const server = await startLibsqlServer();
    defer(server.stop);
    return server.url;
  }
  const folder = await temporaryFolder();
  defer(folder.remove);
  return `file:${join(folder.path, "bench.db")}`;
}
