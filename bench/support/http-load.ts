import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";

/** A request as it goes over the wire, and what its answer must be. */
export type Load = {
  url: string;
  width: number;
  /** The next request's bytes. */
  next: () => string;
  /** Throws when an answer is not what it should be. */
  check: (status: number, body: Buffer) => void;
};

/** A GET as HTTP/1.1 text, with an API key where one is given. */
export const get = (path: string, accept: string, key?: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n${key === undefined ? "" : `Authorization: Bearer ${key}\r\n`}\r\n`;

/** A POST of JSON as HTTP/1.1 text. */
export function post(path: string, key: string, body: unknown): string {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** The first whole answer in `bytes`, or null while some of it is still to come. */
function readAnswer(bytes: Buffer): { status: number; body: Buffer } | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = bytes.toString("latin1", 0, end);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without its length:\n${head}`);
  const whole = end + 4 + Number(length);
  return bytes.length < whole
    ? null
    : { status: Number(head.slice(9, 12)), body: bytes.subarray(end + 4, whole) };
}

/** Asks on one connection, one request after the other, while `going`. Answers how many it did. */
function ask(socket: Socket, { next, check }: Load, going: () => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0;
    let pending: Buffer = Buffer.alloc(0);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the server closed a connection")));
    socket.on("data", (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      try {
        const answer = readAnswer(pending);
        if (answer === null) return;
        check(answer.status, answer.body);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      pending = Buffer.alloc(0);
      count++;
      if (going()) socket.write(next());
      else resolve(count);
    });
    socket.write(next());
  });
}

/** The busiest that the loader itself has been, 0 to 1: near 1 it is the loader that is measured. */
export let loaderBusy = 0;

/**
 * Loads a server for `ms` milliseconds over `width` kept-alive connections; answers requests a second.
 * It speaks HTTP over bare sockets: node:http or fetch would cost more here than the server's answer.
 */
export async function httpRate(load: Load, ms: number): Promise<number> {
  const { hostname, port } = new URL(load.url);
  const sockets = Array.from({ length: load.width }, () =>
    connect({ host: hostname, port: Number(port), noDelay: true }),
  );
  try {
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    const before = performance.eventLoopUtilization();
    const start = performance.now();
    const counts = await Promise.all(
      sockets.map((socket) => ask(socket, load, () => performance.now() - start < ms)),
    );
    const seconds = (performance.now() - start) / 1000;
    loaderBusy = Math.max(loaderBusy, performance.eventLoopUtilization(before).utilization);
    return counts.reduce((sum, count) => sum + count, 0) / seconds;
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
