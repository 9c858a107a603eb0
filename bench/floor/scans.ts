import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { bareDriver, clientDriver, type Synchronous } from "../support/floor.ts";

/**
 * The least that a server can do which counts its visitors: bare Hono, one lookup by primary key and
 * one plain INSERT, in a transaction of their own, and a JSON answer of the size that the row has.
 */
const { DATABASE_URL = "", SYNCHRONOUS, CLIENT, PORT } = process.env;
const synchronous = SYNCHRONOUS as Synchronous | undefined;
const open = CLIENT === "manual" ? clientDriver : bareDriver;
const driver = await open(DATABASE_URL, () => {}, synchronous ?? "FULL");
const app = new Hono();

app.get("/floor/:id", async (c) => {
  const id = Number(c.req.param("id"));
  const values = [id, c.req.header("User-Agent") ?? "", Date.now()];
  const [rows] = await driver(
    [
      { sql: "SELECT id, text FROM floor WHERE id = ?", params: [id] },
      { sql: "INSERT INTO visits (floor_id, visitor, at) VALUES (?, ?, ?)", params: values },
    ],
    "write",
  );
  const [row] = rows ?? [];
  return row === undefined ? c.json({ error: "not found" }, 404) : c.json({ id: row[0], text: row[1] });
});

serve({ fetch: app.fetch, port: Number(PORT) }, ({ port }) => {
  console.log(`the floor listens on http://localhost:${port}`);
});
