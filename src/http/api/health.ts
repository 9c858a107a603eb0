import { z } from "@hono/zod-openapi";
import { EVENT_KINDS } from "../../domain/event.ts";
import { GROUP_STATES } from "../../domain/group.ts";
import { mapPage } from "../../domain/page.ts";
import * as service from "../../services/health.ts";
import { callOf } from "../env.ts";
import { answer, idParam, listQuery, pageOf, route, router } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const kind = z.enum(EVENT_KINDS);

const shape = z
  .object({
    seatsLeft: z.int(),
    waiting: z.int().openapi({ description: "People on the waitlist." }),
    lostDemand: z.int().openapi({ description: "People who found neither a seat nor a waitlist." }),
    warnings: z.array(z.object({ kind, subject: z.string(), message: z.string() })),
    groups: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        state: z.enum(GROUP_STATES),
        used: z.int(),
        capacity: z.int(),
        expiresAt: iso.nullable(),
        retiresAt: iso.nullable(),
      }),
    ),
    displays: z.array(z.object({ id: z.string(), label: z.string().nullable(), lastSeenAt: iso.nullable() })),
  })
  .openapi("Health");

const event = z
  .object({
    id: z.string(),
    kind,
    subject: z.string().openapi({ description: "The id of what it is about." }),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    at: iso,
  })
  .openapi("Event");

const tags = ["Health"];

export const health = router()
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/health",
      tags,
      summary: "How a campaign stands, and what will break soon",
      request: { params: idParam("campaign") },
      responses: { 200: answer(shape, "The campaign's health") },
    }),
    async (c) => {
      const found = await service.readHealth(callOf(c), c.req.valid("param").id);
      const { seatsLeft, waiting, lostDemand, warnings, groups, displays } = found;
      return c.json(
        {
          seatsLeft,
          waiting,
          lostDemand,
          warnings: warnings.map(({ kind, subject, message }) => ({ kind, subject, message })),
          groups: groups.map((group) => ({
            ...group,
            expiresAt: toIsoOrNull(group.expiresAt),
            retiresAt: toIsoOrNull(group.retiresAt),
          })),
          displays: displays.map((display) => ({ ...display, lastSeenAt: toIsoOrNull(display.lastSeenAt) })),
        },
        200,
      );
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/events",
      tags,
      summary: "The outbox: promotions, lapsed seats and warnings, newest first",
      request: { params: idParam("campaign"), query: listQuery({}) },
      responses: { 200: answer(pageOf(event), "A page of events") },
    }),
    async (c) => {
      const page = await service.listEvents(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(
        mapPage(page, (row) => ({ ...row, at: toIso(row.at) })),
        200,
      );
    },
  );
