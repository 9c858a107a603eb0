import { z } from "@hono/zod-openapi";
import { Hono } from "hono";
import { expect, test } from "vitest";
import type { Env } from "../../src/http/env.ts";
import { checked } from "../../src/http/validation.ts";

/** A route that answers with its query as it was checked, and how often that was done. */
function routeThatCounts() {
  const seen = { checks: 0 };
  const counted = z.string().transform((text) => {
    seen.checks++;
    return text;
  });
  const check = checked({ query: z.object({ text: counted, page: z.coerce.number().optional() }) });
  const app = new Hono<Env>();
  app.get("/", (c) => {
    check(c);
    return c.json(c.req.valid("query" as never));
  });
  const ask = async (query: string) => (await app.request(`http://localhost/?${query}`)).json();
  return { seen, ask };
}

test("an address is checked once, and another one by itself", async () => {
  const { seen, ask } = routeThatCounts();
  for (let i = 0; i < 3; i++) expect(await ask("text=a&page=2")).toEqual({ text: "a", page: 2 });
  expect(seen.checks).toBe(1);
  expect(await ask("text=b&page=2")).toEqual({ text: "b", page: 2 });
  expect(seen.checks).toBe(2);
});

test("a long address is not kept: whoever sends many of them fills no memory", async () => {
  const { seen, ask } = routeThatCounts();
  const text = "x".repeat(15_000);
  for (let i = 0; i < 3; i++) expect(await ask(`text=${text}`)).toEqual({ text });
  expect(seen.checks).toBe(3);
});

test("of many addresses the last ones are kept", async () => {
  const { seen, ask } = routeThatCounts();
  for (let i = 0; i < 1000; i++) await ask(`text=${i}`);
  await ask("text=999");
  expect(seen.checks).toBe(1000);
  await ask("text=0");
  expect(seen.checks).toBe(1001);
});
