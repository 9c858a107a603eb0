import { Hono } from "hono";
import { receive } from "../services/order-inbox.ts";
import type { Env } from "./env.ts";

/** Where providers of payments tell of them. No key: each delivery is signed, over its raw bytes. */
export const hooks = new Hono<Env>();

hooks.post("/hooks/:source", async (c) => {
  const body = new Uint8Array(await c.req.arrayBuffer());
  const header = (name: string) => c.req.header(name) ?? null;
  const { effect, changed } = await receive(c.get("ports"), c.req.param("source"), { body, header });
  c.header("Cache-Control", "no-store");
  return c.json({ received: true, effect, changed });
});
