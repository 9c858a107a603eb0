import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { readFileSync } from "node:fs";

/** The least that a server can do which answers JSON: bare Hono, and the same values to everybody. */
const values = JSON.parse(readFileSync(process.env.BODY_FILE ?? "", "utf8")) as object;
const app = new Hono();

app.get("/floor", (c) => c.json(values));

serve({ fetch: app.fetch, port: Number(process.env.PORT) }, ({ port }) => {
  console.log(`the floor listens on http://localhost:${port}`);
});
