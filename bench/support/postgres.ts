import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort, temporaryFolder } from "../../test/support/processes.ts";
import type { Defer } from "./scope.ts";

/** Runs a command and answers its rows as texts. One at a time. */
export type Postgres = (sql: string) => Promise<string[][]>;

const DEBIAN = "/usr/lib/postgresql";

/** The folder with PostgreSQL's programs as Debian installs them; null where there are none. */
function programs(): string | null {
  try {
    const [newest] = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return newest === undefined ? null : join(DEBIAN, newest, "bin");
  } catch {
    return null;
  }
}

/** The version of the PostgreSQL of this machine; null where there is none. */
export function postgresVersion(): string | null {
  const bin = programs();
  if (bin === null) return null;
  const { stdout, error } = spawnSync(join(bin, "postgres"), ["--version"], { encoding: "utf8" });
  return error ? null : (/\d[\d.]*/.exec(stdout)?.[0] ?? "unknown");
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function otherUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/** Starts a PostgreSQL of its own on a free port of 127.0.0.1, in a temporary folder, and connects to it. */
export async function startPostgres(defer: Defer): Promise<Postgres> {
  const bin = programs();
  if (bin === null) throw new Error("PostgreSQL is not installed");
  const folder = await temporaryFolder();
  defer(folder.remove);
  const user = otherUser();
  if (user !== null) chownSync(folder.path, user.uid, user.gid);
  const data = join(folder.path, "data");
  const options = { cwd: folder.path, ...user };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"], {
    ...options,
    stdio: "ignore",
  });
  const port = await freePort();
  const settings = ["shared_buffers=512MB", "fsync=off", `unix_socket_directories=${folder.path}`];
  const child = spawn(
    join(bin, "postgres"),
    ["-D", data, "-h", "127.0.0.1", "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    { ...options, stdio: "ignore" },
  );
  const gone = once(child, "exit");
  defer(async () => {
    child.kill("SIGQUIT");
    await gone;
  });
  for (let tries = 200; ; tries--) {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    try {
      await once(socket, "connect");
      const run = await client(socket);
      defer(() => socket.destroy());
      return run;
    } catch (error) {
      if (tries === 0) throw error;
      await setTimeout(50);
    }
  }
}

const framed = (kind: string, body: string): Buffer => {
  const bytes = Buffer.from(`${kind}\0\0\0\0${body}\0`);
  bytes.writeInt32BE(bytes.length - kind.length, kind.length);
  return bytes;
};

/** The simple query protocol over one socket (https://www.postgresql.org/docs/current/protocol.html). */
async function client(socket: Socket): Promise<Postgres> {
  let bytes: Buffer = Buffer.alloc(0);
  let rows: string[][] = [];
  let fault: string | null = null;
  let pending: { resolve: (rows: string[][]) => void; reject: (error: Error) => void } | null = null;
  socket.on("data", (chunk) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    let at = 0;
    while (bytes.length >= at + 5 && bytes.length > at + bytes.readInt32BE(at + 1)) {
      const end = at + 1 + bytes.readInt32BE(at + 1);
      const kind = String.fromCharCode(bytes[at] as number);
      if (kind === "D") rows.push(readRow(bytes, at + 5));
      if (kind === "E") fault = bytes.toString("utf8", at + 5, end).replaceAll("\0", " ");
      if (kind === "Z" && fault === null) pending?.resolve(rows);
      else if (kind === "Z") pending?.reject(new Error(`PostgreSQL: ${fault}`));
      at = end;
    }
    bytes = bytes.subarray(at);
  });
  socket.on("close", () => pending?.reject(new Error("PostgreSQL is gone")));
  const send = (message: Buffer): Promise<string[][]> =>
    new Promise((resolve, reject) => {
      [rows, fault, pending] = [[], null, { resolve, reject }];
      socket.write(message);
    });
  const version = "\0\x03\0\0";
  await send(framed("", `${version}user\0bench\0database\0postgres\0`));
  return (sql) => send(framed("Q", sql));
}

function readRow(bytes: Buffer, from: number): string[] {
  const row: string[] = [];
  for (let at = from + 2, left = bytes.readInt16BE(from); left > 0; left--) {
    const length = bytes.readInt32BE(at);
    row.push(length < 0 ? "" : bytes.toString("latin1", at + 4, at + 4 + length));
    at += 4 + Math.max(0, length);
  }
  return row;
}
