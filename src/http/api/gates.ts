import { z } from "@hono/zod-openapi";
import { dryRunInput } from "../../domain/dry-run.ts";
import { mapPage } from "../../domain/page.ts";
import { instant } from "../../domain/shapes.ts";
import { pickLocale } from "../../domain/text.ts";
import * as service from "../../services/gates.ts";
import { callOf } from "../env.ts";
import { reason } from "../join-answer.ts";
import { gateAnswer } from "./campaigns.ts";
import { accurateAsOf } from "./growth.ts";
import { answer, body, idParam, listQuery, pageOf, route, router } from "./route.ts";
import { iso, toIso } from "./times.ts";

const version = z
  .object({
    version: z.int(),
    gate: gateAnswer.nullable(),
    rechecks: z.boolean().openapi({ description: "Whether those who are in are judged again by it." }),
    createdAt: iso,
  })
  .openapi("GateVersion");

const result = z.enum(["pass", "fail", "pending"]);
const tally = z.object({ pass: z.int(), fail: z.int(), pending: z.int() });

const dryRunAnswer = z
  .object({
    result: result.nullable().openapi({ description: "On the facts that were given." }),
    reasons: z.array(reason),
    applicants: z
      .object({
        evaluated: z.int(),
        unreadable: z
          .int()
          .openapi({ description: "Their facts are not kept any more, or under another secret." }),
        before: tally,
        after: tally,
        changes: z.array(
          z.object({
            evaluationId: z.string(),
            participantId: z.string().nullable(),
            gateVersion: z.int(),
            from: result,
            to: result,
            reasons: z.array(reason),
          }),
        ),
      })
      .nullable()
      .openapi({ description: "On the last applicants: who would change." }),
  })
  .openapi("DryRun");

const report = z
  .object({
    accurateAsOf,
    period: z.object({ from: iso, to: iso, timezone: z.string() }),
    leaves: z
      .array(
        z.object({
          gateVersion: z.int(),
          path: z.string(),
          criterion: z.string(),
          asked: z.int(),
          passed: z.int(),
          failed: z.int(),
          pending: z.int(),
          gaveUp: z.int().openapi({ description: "Of those whom it stopped: who is not in, by any door." }),
        }),
      )
      .openapi({ description: "People, by the last time they were judged by that version." }),
    versions: z.array(
      z.object({
        gateVersion: z.int(),
        gated: z.boolean().openapi({ description: "Whether it asked for more than the acknowledgement." }),
        joined: z.int(),
        left: z.int(),
        lossRate: z.object({
          value: z.number().nullable(),
          numerator: z.int(),
          denominator: z.int(),
          formula: z.string(),
        }),
      }),
    ),
    days: z.array(
      z.object({ from: iso, gateVersion: z.int(), gated: z.boolean(), joined: z.int(), left: z.int() }),
    ),
  })
  .openapi("GateReport");

const tags = ["Gates"];

export const gates = router()
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/gates",
      tags,
      summary: "Every version of a campaign's gate, newest first",
      request: { params: idParam("campaign"), query: listQuery({}) },
      responses: { 200: answer(pageOf(version), "A page of versions") },
    }),
    async (c) => {
      const page = await service.readGates(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(
        mapPage(page, (row) => ({ ...row, createdAt: toIso(row.createdAt) })),
        200,
      );
    },
  )
  .openapi(
    route("write", {
      method: "post",
      path: "/campaigns/{id}/gate/dry-run",
      tags,
      summary: "Try a draft of a gate on supposed facts, or on the last applicants",
      description:
        "Nothing is written and nothing used up. What applicants sent is taken as it was; what the database knows of them, as it is now.",
      request: { params: idParam("campaign"), body: body(dryRunInput) },
      responses: { 200: answer(dryRunAnswer, "What the draft would decide") },
    }),
    async (c) => {
      const locale = pickLocale(c.req.header("Accept-Language"));
      const { id } = c.req.valid("param");
      return c.json(await service.dryRun(callOf(c), id, c.req.valid("json"), locale), 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/gate/report",
      tags,
      summary: "What each leaf of a gate asked and stopped, and joins and leaves by day and version",
      request: {
        params: idParam("campaign"),
        query: z.strictObject({ from: instant.optional(), to: instant.optional() }),
      },
      responses: { 200: answer(report, "The last 30 days, where nothing is said") },
    }),
    async (c) => {
      const found = await service.readReport(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      const period = { ...found.period, from: toIso(found.period.from), to: toIso(found.period.to) };
      const days = found.days.map((day) => ({ ...day, from: toIso(day.from) }));
      return c.json({ ...found, accurateAsOf: toIso(found.accurateAsOf), period, days }, 200);
    },
  );
