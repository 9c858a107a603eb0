import { z } from "@hono/zod-openapi";
import { keyInput, SCOPES } from "../../domain/key.ts";
import { mapPage } from "../../domain/page.ts";
import { line } from "../../domain/shapes.ts";
import * as service from "../../services/keys.ts";
import { callOf } from "../env.ts";
import { answer, body, idParam, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const key = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().openapi({ description: "The end of the key." }),
    scopes: z.array(z.enum(SCOPES)),
    campaignId: z.string().nullable(),
    createdAt: iso,
    expiresAt: iso.nullable(),
    revokedAt: iso.nullable(),
  })
  .openapi("Key");

const newKey = key
  .extend({ key: z.string().openapi({ description: "The key itself: shown once, stored nowhere." }) })
  .openapi("NewKey");

const present = ({ workspaceId: _, hash: __, ...row }: service.Key): z.output<typeof key> => ({
  ...row,
  createdAt: toIso(row.createdAt),
  expiresAt: toIsoOrNull(row.expiresAt),
  revokedAt: toIsoOrNull(row.revokedAt),
});

const tags = ["Keys"];
const one = "/keys/{id}";
const noun = routesOf({ tags, kind: "key", one, shape: key, said: "The key", scope: "admin" });

export const keys = router()
  .openapi(
    route("admin", {
      method: "post",
      path: "/keys",
      tags,
      summary: "Create an API key",
      request: { body: body(keyInput) },
      responses: { 201: answer(newKey, "The key") },
    }),
    async (c) => {
      const { key: text, ...row } = await service.createKey(callOf(c), c.req.valid("json"));
      return c.json({ ...present(row), key: text }, 201);
    },
  )
  .openapi(noun.list("/keys", "List keys, newest first", "A page of keys"), async (c) => {
    const page = await service.listKeys(callOf(c), c.req.valid("query"));
    return c.json(mapPage(page, present), 200);
  })
  .openapi(noun.read("Read a key"), async (c) =>
    c.json(present(await service.getKey(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(
    route("admin", {
      method: "delete",
      path: one,
      tags,
      summary: "Revoke a key for good",
      request: { params: idParam("key") },
      responses: { 200: answer(key, "The key, revoked") },
    }),
    async (c) => c.json(present(await service.revokeKey(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(
    route("admin", {
      method: "post",
      path: "/workspaces",
      tags: ["Workspaces"],
      summary: "Create another workspace (first workspace only)",
      request: { body: body(z.strictObject({ name: line(120) })) },
      responses: {
        201: answer(
          z.object({ id: z.string(), name: z.string(), key: z.string() }).openapi("NewWorkspace"),
          "The workspace and its first admin key, shown once",
        ),
      },
    }),
    async (c) => c.json(await service.createWorkspace(callOf(c), c.req.valid("json").name), 201),
  );
