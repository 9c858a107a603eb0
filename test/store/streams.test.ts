import * as hrana from "@libsql/hrana-client";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { streamDriver } from "../../src/runtime/database/libsql-streams.ts";
import { isBusy } from "../../src/store/constraint.ts";
import { hasLibsqlServer, type LibsqlServer, startLibsqlServer } from "../support/processes.ts";

const TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL)";
const ALL = [{ sql: "SELECT id FROM t ORDER BY id", params: [] }];
const insert = (id: number, text: string) => ({
  sql: "INSERT INTO t (id, text) VALUES (?, ?)",
  params: [id, text],
});

type Driven = ReturnType<typeof streamDriver>;
const idsIn = async ({ driver }: Driven) => (await driver(ALL, "read"))[0]?.map(([id]) => Number(id));

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
};

/** A proxy before a server, which does something else with requests by a stream that was open before. */
async function proxyBefore(url: string, onOld: (pass: () => Promise<Response>) => Promise<Response>) {
  const proxy = createServer((request, answer) => {
    const answering = async () => {
      const text = await textOf(request);
      const { baton } = JSON.parse(text) as { baton?: string | null };
      const headers = { "Content-Type": "application/json" };
      const pass = () => fetch(`${url}${request.url}`, { method: "POST", headers, body: text });
      const response = await (baton == null ? pass() : onOld(pass));
      answer.writeHead(response.status, { "Content-Type": response.headers.get("Content-Type") ?? "" });
      answer.end(await response.text());
    };
    // A stream that is closed after its server is none that anybody waits for.
    answering().catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise((resolve) => (proxy.close(resolve), proxy.closeAllConnections()));
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, stop };
}

describe.runIf(hasLibsqlServer())("streams to a libSQL server", () => {
  let server: LibsqlServer;
  let direct: Driven;
  beforeEach(async () => {
    server = await startLibsqlServer();
    direct = streamDriver(server.url, null);
    await direct.driver([{ sql: TABLE, params: [] }], "write");
  });
  afterEach(async () => {
    direct.close();
    await server.stop();
  });

  test("that started anew has forgotten them, and nothing else", async () => {
    const { driver } = direct;
    await Promise.all([driver([insert(1, "before")], "write"), driver(ALL, "read"), driver(ALL, "read")]);
    await server.restart();
    // Each stream that rests is one that the server does not know any more.
    await Promise.all([driver(ALL, "read"), driver([insert(2, "after")], "write"), driver(ALL, "read")]);
    expect(await idsIn(direct)).toEqual([1, 2]);
    direct.close();
    await expect(driver(ALL, "read")).rejects.toThrow("closed");
  });

  test("that are not found, as a host says that moved the database, give way to new ones", async () => {
    const missing = Response.json({ error: "stream not found" }, { status: 404 });
    const proxy = await proxyBefore(server.url, async () => missing.clone());
    const driven = streamDriver(proxy.url, null);
    for (let id = 1; id <= 3; id++) await driven.driver([insert(id, "x")], "write");
    expect(await idsIn(driven)).toEqual([1, 2, 3]);
    driven.close();
    await proxy.stop();
  });

  test("a batch that somebody on the way sent twice is in once, and is not sent a third time", async () => {
    const proxy = await proxyBefore(server.url, async (pass) => {
      await pass();
      return pass();
    });
    const driven = streamDriver(proxy.url, null);
    await driven.driver(ALL, "read");
    const again = { sql: "INSERT INTO t (text) VALUES (?)", params: ["once"] };
    await expect(driven.driver([again], "write")).rejects.toThrow("already been used");
    expect(await idsIn(direct)).toEqual([1]);
    driven.close();
    await proxy.stop();
  });

  test("a batch that was broken off leaves neither rows nor its transaction behind", async () => {
    const { driver } = direct;
    await driver(ALL, "read");
    const long = { sql: "SELECT hex(zeroblob(2000000))", params: [] };
    // Each row is one that the server can say, all of them are an answer that it cannot.
    const broken = driver([insert(1, "x"), ...Array.from({ length: 4 }, () => long)], "write");
    await expect(broken).rejects.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    // Not by the stream whose transaction it was: that would still be in it.
    await driver([insert(2, "y")], "write");
    expect(await idsIn(direct)).toEqual([2]);
  });

  test("a transaction that the server took back is busy, and nothing of it is in", async () => {
    const client = hrana.openHttp(server.url);
    const slow = client.openStream();
    await slow.run("BEGIN IMMEDIATE");
    await slow.run("INSERT INTO t (id, text) VALUES (1, 'slow')");
    // Whoever waits gets the lock once its time is over.
    await direct.driver([insert(2, "patient")], "write");
    const late = await slow.run("COMMIT").catch((error: unknown) => error);
    expect(late).toMatchObject({ code: "TRANSACTION_TIMEOUT" });
    expect(isBusy(late)).toBe(true);
    expect(await idsIn(direct)).toEqual([2]);
    client.close();
  });
});
