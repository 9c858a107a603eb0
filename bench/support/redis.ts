import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { freePort, temporaryFolder } from "../../test/support/processes.ts";
import type { Defer } from "./scope.ts";

/** What Redis answers, in its text form; nested for lists. */
export type Reply = string | number | null | Reply[];

/** Sends a command and answers its reply. Commands may be sent before earlier replies are there. */
export type Redis = (...words: (string | number)[]) => Promise<Reply>;

/** The version of the redis-server of this machine; null where there is none. */
export function redisVersion(): string | null {
  const { stdout, error } = spawnSync("redis-server", ["--version"], { encoding: "utf8" });
  return error ? null : (/v=(\S+)/.exec(stdout)?.[1] ?? "unknown");
}

/** Starts a Redis of its own on a free port of 127.0.0.1 that keeps nothing, and connects to it. */
export async function startRedis(defer: Defer): Promise<Redis> {
  const folder = await temporaryFolder();
  defer(folder.remove);
  const port = await freePort();
  const memoryOnly = ["--save", "", "--appendonly", "no", "--dir", folder.path];
  const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", ...memoryOnly], {
    stdio: "ignore",
  });
  const gone = once(child, "exit");
  defer(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  for (let tries = 100; ; tries--) {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    try {
      await once(socket, "connect");
      defer(() => socket.destroy());
      return client(socket);
    } catch (error) {
      if (tries === 0) throw error;
      await setTimeout(50);
    }
  }
}

/** The least that a client can be: RESP over one socket (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
function client(socket: Socket): Redis {
  const waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text = text === "" ? chunk : text + chunk;
    const read = reader(text);
    let whole = 0;
    for (let reply = read(); reply !== PART; reply = read()) {
      whole = read.at;
      const { resolve, reject } = waiting.shift() as (typeof waiting)[number];
      if (reply instanceof Error) reject(reply);
      else resolve(reply);
    }
    text = text.slice(whole);
  });
  socket.on("close", () => waiting.splice(0).forEach(({ reject }) => reject(new Error("Redis is gone"))));
  return (...words) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      socket.write(`*${words.length}\r\n${words.map((word) => bulk(String(word))).join("")}`);
    });
}

const bulk = (word: string): string => `$${Buffer.byteLength(word)}\r\n${word}\r\n`;

/** A reply whose end is still to come. */
const PART = Symbol("part");

/** Reads one reply after the other from a text; `at` is where the last one ended. */
function reader(text: string) {
  const read = (): Reply | Error | typeof PART => {
    const line = text.indexOf("\r\n", read.at);
    if (line < 0) return PART;
    const kind = text[read.at];
    const head = text.slice(read.at + 1, line);
    read.at = line + 2;
    if (kind === "+") return head;
    if (kind === "-") return new Error(`Redis: ${head}`);
    const number = Number(head);
    if (kind === ":") return number;
    if (number < 0) return null;
    if (kind === "$") {
      const from = read.at;
      read.at += number + 2;
      return read.at > text.length ? PART : text.slice(from, from + number);
    }
    const list: Reply[] = [];
    while (list.length < number) {
      const item = read();
      if (item === PART || item instanceof Error) return item;
      list.push(item);
    }
    return list;
  };
  read.at = 0;
  return read;
}
