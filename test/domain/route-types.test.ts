import { z } from "@hono/zod-openapi";
import { expect, test } from "vitest";
import { answer, body, route, router } from "../../src/http/api/route.ts";

// What the compiler must refuse of a handler; without its fault, the line is the compiler's own complaint.
const shape = z.object({
  id: z.string(),
  count: z.int(),
  of: z.array(z.object({ name: z.string().nullable() })),
});
const one = route("write", {
  method: "post",
  path: "/things/{id}",
  request: { params: z.object({ id: z.string() }), body: body(z.object({ count: z.int() })) },
  responses: { 201: answer(shape, "The thing") },
});
const good = { id: "a", count: 1, of: [{ name: null }] };

test("a handler answers what its route declares, by the status that it declares", async () => {
  const things = router()
    .openapi(one, (c) => {
      const { id } = c.req.valid("param");
      return c.json({ ...good, id, count: c.req.valid("json").count }, 201);
    })
    .openapi(one, async (c) => c.json(good, 201));
  const headers = { "Content-Type": "application/json" };
  const sent = await things.request("/things/b", { method: "POST", headers, body: `{"count":2}` });
  expect([sent.status, await sent.json()]).toEqual([201, { ...good, id: "b", count: 2 }]);
});

test("the compiler refuses another shape, another status and what was not asked for", () => {
  const things = router();
  // @ts-expect-error: a field is missing
  things.openapi(one, (c) => c.json({ id: "a", count: 1 }, 201));
  // @ts-expect-error: a number is a string
  things.openapi(one, async (c) => c.json({ ...good, count: "1" }, 201));
  // @ts-expect-error: deep inside, a field is missing
  things.openapi(one, (c) => c.json({ ...good, of: [{}] }, 201));
  // @ts-expect-error: a status that no one declared
  things.openapi(one, (c) => c.json(good, 200));
  // @ts-expect-error: no JSON where some was declared
  things.openapi(one, (c) => c.text("done", 201));
  // @ts-expect-error: a query that the route does not take
  things.openapi(one, (c) => c.json({ ...good, id: c.req.valid("query") }, 201));
  // @ts-expect-error: a field that the body does not have
  things.openapi(one, (c) => c.json({ ...good, count: c.req.valid("json").size }, 201));
  // @ts-expect-error: a date is a string once it is sent
  things.openapi(one, (c) => c.json({ ...good, count: new Date() }, 201));
  expect(things.routes.length).toBeGreaterThan(0);
});
