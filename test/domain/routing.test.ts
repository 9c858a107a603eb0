import fc from "fast-check";
import { TrieRouter } from "hono/router/trie-router";
import { expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import type { Ports } from "../../src/runtime/ports.ts";

const { router, routes } = createApp({} as Ports);
const tree = new TrieRouter<
  (typeof router extends { match: (m: string, p: string) => infer R } ? R : never)[0][0][0]
>();
for (const route of routes) tree.add(route.method, route.path, [route.handler, route]);

/** What is found: the routes in their order, each with its parameters by name. */
const found = (method: string, path: string, by: Pick<typeof router, "match">) => {
  const [handlers, stash] = by.match(method, path);
  return handlers.map(([[, route], params]) => [
    route.method,
    route.path,
    Object.fromEntries(
      Object.entries(params)
        .map(([name, value]) => [name, typeof value === "number" ? stash?.[value] : value])
        .filter(([, value]) => value !== undefined && value !== ""),
    ),
  ]);
};

const method = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND");
const words = [...new Set(routes.flatMap(({ path }) => path.split("/")))].filter((word) =>
  /^[^:*]+$/.test(word),
);
// Without stars: the tree takes one in an address for its own, and finds the middleware twice.
const strange = fc.string({ maxLength: 6 }).map((text) => encodeURIComponent(text).replaceAll("*", ""));
const word = fc.oneof(fc.constantFrom(...words), strange);
const real = fc
  .tuple(fc.constantFrom(...routes), fc.array(word, { minLength: 8, maxLength: 8 }))
  .map(([{ path }, given]) => path.replace(/:\w+\??|\*/g, () => given.pop() ?? "x"));
const any = fc.array(word, { maxLength: 6 }).map((parts) => `/${parts.join("/")}`);

test("every path leads where the tree of all routes leads", () => {
  fc.assert(
    fc.property(method, fc.oneof(real, any), (by, path) => {
      expect(found(by, path, router)).toEqual(found(by, path, tree));
    }),
    { numRuns: 3000 },
  );
});
