import { z } from "@hono/zod-openapi";
import { CHECK_STATES } from "../../domain/elimination.ts";
import { mapPage } from "../../domain/page.ts";
import { type Locale, say } from "../../domain/text.ts";
import * as service from "../../services/checks.ts";
import { callOf } from "../env.ts";
import { localeOf } from "../negotiate.ts";
import { answer, body, idParam, listQuery, pageOf, route, router } from "./route.ts";
import { iso, toIsoOrNull } from "./times.ts";

const check = z
  .object({
    participantId: z.string(),
    campaignId: z.string(),
    displayName: z.string(),
    groupId: z.string().nullable().openapi({ description: "Where they sit." }),
    state: z.enum(CHECK_STATES).openapi({
      description:
        "`warned`: they do not pass, and have until `graceUntil`; `due`: they are to be removed by hand; `exempt`: they would not pass, and are spared.",
    }),
    since: iso.nullable().openapi({ description: "Since when they do not pass." }),
    graceUntil: iso.nullable(),
    exemptUntil: iso
      .nullable()
      .openapi({ description: "Until when an operator, or an appeal, spares them." }),
    nextCheckAt: iso.nullable().openapi({
      description: "Null: not judged again, for they left, or an operator removed them.",
    }),
    checkedAt: iso.nullable(),
    reasons: z
      .array(
        z.object({
          criterion: z.string(),
          code: z.string(),
          message: z.string(),
          remedy: z.string().nullable(),
        }),
      )
      .openapi({ description: "What they do not pass." }),
  })
  .openapi("Check");

const present = ({ dueAt, leaves, ...row }: service.MemberCheck, locale: Locale): z.output<typeof check> => ({
  ...row,
  since: toIsoOrNull(row.since),
  graceUntil: toIsoOrNull(row.graceUntil),
  exemptUntil: toIsoOrNull(row.exemptUntil),
  nextCheckAt: toIsoOrNull(dueAt),
  checkedAt: toIsoOrNull(row.checkedAt),
  reasons: (leaves ?? []).map(({ criterion, code, message, remedy }) => ({
    criterion,
    code,
    message: say(message, locale),
    remedy: remedy && say(remedy, locale),
  })),
});

const tags = ["Re-checks"];

export const checks = router()
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/checks",
      tags,
      summary: "List members by how they stand with the re-check; the removal queue, unless told otherwise",
      request: {
        params: idParam("campaign"),
        query: listQuery({ state: z.enum(CHECK_STATES).default("due") }),
      },
      responses: { 200: answer(pageOf(check), "A page of members, who joined first before others") },
    }),
    async (c) => {
      const page = await service.listChecks(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(
        mapPage(page, (row) => present(row, localeOf(c))),
        200,
      );
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: "/participants/{id}/checks",
      tags,
      summary: "How a member stands with the criteria that are judged again",
      request: { params: idParam("participant") },
      responses: { 200: answer(check, "The check; 404 where their gate has nothing that is judged again") },
    }),
    async (c) =>
      c.json(present(await service.getCheck(callOf(c), c.req.valid("param").id), localeOf(c)), 200),
  )
  .openapi(
    route("write", {
      method: "post",
      path: "/participants/{id}/checks/exempt",
      tags,
      summary: "Spare a member until an instant, whatever their gate says",
      description: "`until` null ends it. They are judged again at once; whom a re-check removed comes back.",
      request: { params: idParam("participant"), body: body(service.exemptInput) },
      responses: { 200: answer(check, "The check") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(
        present(await service.exemptMember(callOf(c), id, c.req.valid("json")), localeOf(c)),
        200,
      );
    },
  )
  .openapi(
    route("write", {
      method: "post",
      path: "/participants/{id}/checks/remove",
      tags,
      summary: "Remove a member who is on the removal queue, by the campaign's rules",
      description:
        "The credit for bringing them goes or stays as `recheck.credits` says, and they come back by passing again. `POST /v1/participants/{id}/remove` is final instead. Done twice it changes nothing.",
      request: { params: idParam("participant"), body: body(service.removeDueInput) },
      responses: { 200: answer(check, "The check") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(present(await service.removeDue(callOf(c), id, c.req.valid("json")), localeOf(c)), 200);
    },
  );
