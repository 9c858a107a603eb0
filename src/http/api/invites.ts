import { z } from "@hono/zod-openapi";
import { inviteInput, rotation } from "../../domain/invite.ts";
import { mapPage } from "../../domain/page.ts";
import { qrQuery } from "../../domain/qr.ts";
import { logoOfInvite } from "../../services/images.ts";
import * as service from "../../services/invites.ts";
import { callOf, originOf } from "../env.ts";
import { qrResponse } from "../qr-response.ts";
import { inviteQrText, inviteUrl } from "../links.ts";
import { answer, body, idParam, listQuery, pageOf, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const KINDS = ["member", "channel"] as const;

const shape = z
  .object({
    id: z.string(),
    campaignId: z.string(),
    kind: z.enum(KINDS),
    participantId: z.string().nullable(),
    code: z.string(),
    url: z.string(),
    periodSeconds: z
      .int()
      .nullable()
      .openapi({ description: "Where it rotates: the seconds that a code lasts." }),
    currentUrl: z
      .string()
      .nullable()
      .openapi({ description: "Where it rotates: the URL that is good right now." }),
    channel: z.string().nullable(),
    medium: z.string().nullable(),
    label: z.string().nullable(),
    rotation: rotation.nullable().openapi({ description: "null: as the campaign says" }),
    maxUses: z.int().nullable(),
    uses: z.int(),
    startsAt: iso.nullable(),
    expiresAt: iso.nullable(),
    revokedAt: iso.nullable(),
    createdAt: iso,
  })
  .openapi("Invite");

const present = (invite: service.Invite, origin: string): z.output<typeof shape> => {
  const {
    workspaceId: _,
    campaignRotation: __,
    tokenVersion: ___,
    tokenRotatedAt: ____,
    token,
    ...row
  } = invite;
  return {
    ...row,
    currentUrl: token === null ? null : inviteUrl(origin, row.code, token),
    kind: row.participantId === null ? "channel" : "member",
    url: inviteUrl(origin, row.code),
    startsAt: toIsoOrNull(row.startsAt),
    expiresAt: toIsoOrNull(row.expiresAt),
    revokedAt: toIsoOrNull(row.revokedAt),
    createdAt: toIso(row.createdAt),
  };
};

const tags = ["Invites"];
const many = "/campaigns/{id}/invites";
const one = "/invites/{id}";
const noun = routesOf({ tags, kind: "invite", one, shape, said: "The invite" });

export const invites = router()
  .openapi(
    route("write", {
      method: "post",
      path: many,
      tags,
      summary: "Create a channel invite",
      request: { params: idParam("campaign"), body: body(inviteInput) },
      responses: { 201: answer(shape, "The invite") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const made = await service.createInvite(callOf(c), id, c.req.valid("json"));
      return c.json(present(made, originOf(c)), 201);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: many,
      tags,
      summary: "List a campaign's invites, newest first",
      request: { params: idParam("campaign"), query: listQuery({ kind: z.enum(KINDS).optional() }) },
      responses: { 200: answer(pageOf(shape), "A page of invites") },
    }),
    async (c) => {
      const page = await service.listInvites(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(
        mapPage(page, (row) => present(row, originOf(c))),
        200,
      );
    },
  )
  .openapi(noun.read("Read an invite"), async (c) => {
    const row = await service.getInvite(callOf(c), c.req.valid("param").id);
    return c.json(present(row, originOf(c)), 200);
  })
  .openapi(noun.act("revoke", "Revoke an invite for good"), async (c) => {
    const row = await service.revokeInvite(callOf(c), c.req.valid("param").id);
    return c.json(present(row, originOf(c)), 200);
  })
  .openapi(
    noun.act("replace", "Give an invite a new code; the old one dies, uses and people stay"),
    async (c) => {
      const row = await service.replaceInvite(callOf(c), c.req.valid("param").id);
      return c.json(present(row, originOf(c)), 200);
    },
  );

const FORMATS = { svg: "image/svg+xml", png: "image/png" } as const;

for (const format of ["svg", "png"] as const) {
  invites.openapi(
    route("read", {
      method: "get",
      path: `${one}/qr.${format}`,
      tags,
      summary: `The invite's QR code as ${format.toUpperCase()}`,
      request: { params: idParam("invite"), query: qrQuery },
      responses: {
        200: {
          description: "The image",
          content: { [FORMATS[format]]: { schema: z.string().openapi({ format: "binary" }) } },
        },
      },
    }),
    async (c) => {
      const { id, code, token } = await service.getInvite(callOf(c), c.req.valid("param").id);
      const caching = token === null ? "private, max-age=300" : "no-store";
      const text = inviteQrText(originOf(c), code, token);
      const logoOf = () => logoOfInvite(c.get("ports"), { id });
      return (await qrResponse(c, text, format, c.req.valid("query"), caching, logoOf)) as never;
    },
  );
}
