import { z } from "@hono/zod-openapi";
import { mapPage } from "../../domain/page.ts";
import { line } from "../../domain/shapes.ts";
import * as service from "../../services/displays.ts";
import { rotateTokenKey } from "../../services/token-keys.ts";
import { callOf, originOf } from "../env.ts";
import { screenUrl } from "../links.ts";
import { answer, body, idParam, listQuery, pageOf, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const shape = z
  .object({
    id: z.string(),
    campaignId: z.string(),
    inviteId: z.string(),
    label: z.string().nullable(),
    url: z.string().openapi({ description: "Open it on the screen. Whoever has it sees the codes." }),
    createdAt: iso,
    revokedAt: iso.nullable(),
    lastSeenAt: iso
      .nullable()
      .openapi({ description: "When the screen last asked for its code, to the minute." }),
  })
  .openapi("Display");

const present = (
  { workspaceId: _, seal, ...row }: service.Display,
  origin: string,
): z.output<typeof shape> => ({
  ...row,
  url: screenUrl(origin, seal),
  createdAt: toIso(row.createdAt),
  revokedAt: toIsoOrNull(row.revokedAt),
  lastSeenAt: toIsoOrNull(row.lastSeenAt),
});

const tags = ["Displays"];
const many = "/invites/{id}/displays";
const noun = routesOf({ tags, kind: "display", one: "/displays/{id}", shape, said: "The display" });

export const displays = router()
  .openapi(
    route("write", {
      method: "post",
      path: many,
      tags,
      summary: "Create a screen for a rotating invite",
      request: { params: idParam("invite"), body: body(z.strictObject({ label: line(120).optional() })) },
      responses: { 201: answer(shape, "The display") },
    }),
    async (c) => {
      const { label } = c.req.valid("json");
      const made = await service.createDisplay(callOf(c), c.req.valid("param").id, label ?? null);
      return c.json(present(made, originOf(c)), 201);
    },
  )
  .openapi(
    route("write", {
      method: "get",
      path: many,
      tags,
      summary: "List an invite's screens, newest first",
      request: { params: idParam("invite"), query: listQuery({}) },
      responses: { 200: answer(pageOf(shape), "A page of displays") },
    }),
    async (c) => {
      const page = await service.listDisplays(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(
        mapPage(page, (row) => present(row, originOf(c))),
        200,
      );
    },
  )
  .openapi(noun.act("revoke", "Revoke a screen for good"), async (c) =>
    c.json(present(await service.revokeDisplay(callOf(c), c.req.valid("param").id), originOf(c)), 200),
  )
  .openapi(
    route("admin", {
      method: "post",
      path: "/token-key/rotate",
      tags,
      summary: "Rotate the key that makes rotating codes",
      description: "The key before it stays good for ten minutes, so screens go on without a break.",
      responses: {
        200: answer(z.object({ version: z.int(), rotatedAt: iso.nullable() }), "The new key's version"),
      },
    }),
    async (c) => {
      const { version, rotatedAt } = await rotateTokenKey(callOf(c));
      return c.json({ version, rotatedAt: toIsoOrNull(rotatedAt) }, 200);
    },
  );
