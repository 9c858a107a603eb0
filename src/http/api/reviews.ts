import { z } from "@hono/zod-openapi";
import { mapPage } from "../../domain/page.ts";
import {
  assignmentInput,
  bulkInput,
  decisionInput,
  MAX_BULK,
  REVIEW_KINDS,
  REVIEW_STATES,
} from "../../domain/review.ts";
import * as service from "../../services/reviews.ts";
import { callOf } from "../env.ts";
import { statusOf } from "../problem.ts";
import { answer, body, idParam, listQuery, maybeBody, pageOf, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const evidence = z
  .object({
    identity: z.object({ type: z.string(), value: z.string() }).nullable(),
    displayName: z.string().nullable(),
    answers: z.record(z.string(), z.unknown()),
    country: z.string().nullable(),
    leaves: z
      .array(z.object({ criterion: z.string(), result: z.string(), message: z.string() }))
      .openapi({ description: "How each leaf of the gate stood." }),
    statement: z.string().nullable().openapi({ description: "The person's own words, in an appeal." }),
  })
  .openapi("Evidence");

const review = z
  .object({
    id: z.string(),
    campaignId: z.string(),
    kind: z.enum(REVIEW_KINDS).openapi({ description: "Somebody wants to come in, or appeals." }),
    queue: z.string(),
    state: z.enum(REVIEW_STATES),
    tries: z.int().openapi({ description: "How often the person has applied: for `expectedTries`." }),
    applicationId: z.string().nullable(),
    participantId: z.string().nullable().openapi({ description: "The member who appeals." }),
    openedAt: iso,
    dueAt: iso.openapi({ description: "By when it is to be decided (`review.slaHours`)." }),
    ageSeconds: z.int().openapi({ description: "How long it has waited, or waited until its decision." }),
    overdue: z.boolean(),
    assignee: z.string().nullable(),
    decidedAt: iso.nullable(),
    decidedBy: z.string().nullable(),
    reason: z.string().nullable().openapi({ description: "Shown to the person." }),
    evidence: evidence.nullable().openapi({ description: "Only for a key that may write." }),
  })
  .openapi("Review");

const present = ({ age, ...row }: service.Review): z.output<typeof review> => ({
  id: row.id,
  campaignId: row.campaignId,
  kind: row.kind,
  queue: row.queue,
  state: row.state,
  tries: row.tries,
  applicationId: row.applicationId,
  participantId: row.participantId,
  openedAt: toIso(row.openedAt),
  dueAt: toIso(row.dueAt),
  ageSeconds: Math.floor(age / 1000),
  overdue: row.overdue,
  assignee: row.assignee,
  decidedAt: toIsoOrNull(row.decidedAt),
  decidedBy: row.decidedBy,
  reason: row.reason,
  evidence: row.evidence,
});

const bulkResult = z.object({
  id: z.string(),
  status: z.int().openapi({ description: "As the same decision alone would have been answered." }),
  review: review.nullable(),
  problem: z.object({ code: z.string(), title: z.string() }).nullable(),
});

const presentResult = ({ id, review: row, problem }: service.BulkResult): z.output<typeof bulkResult> => ({
  id,
  status: problem === null ? 200 : statusOf(problem.code),
  review: row && present(row),
  problem: problem && { code: problem.code, title: problem.message },
});

const tags = ["Reviews"];
const many = "/campaigns/{id}/reviews";
const noun = routesOf({ tags, kind: "review", one: "/reviews/{id}", shape: review, said: "The case" });

const decision = <const V extends string>(verb: V, summary: string) =>
  route("write", {
    method: "post",
    path: `/reviews/{id}/${verb}`,
    tags,
    summary,
    description:
      "Of two reviewers one decides: the other is refused (`review_decided`), and reads in `errors` what was decided. The same decision again by the same key changes nothing.",
    request: { params: idParam("review"), body: maybeBody(decisionInput) },
    responses: { 200: answer(review, "The case") },
  });

export const reviews = router()
  .openapi(
    route("read", {
      method: "get",
      path: many,
      tags,
      summary: "List a campaign's cases for human decisions, oldest first",
      request: {
        params: idParam("campaign"),
        query: listQuery({
          state: z.enum(REVIEW_STATES).optional(),
          queue: z.string().max(60).optional(),
          kind: z.enum(REVIEW_KINDS).optional(),
          assignee: z.string().max(60).optional().openapi({ description: "Empty: nobody's." }),
          overdue: z
            .enum(["true", "false"])
            .optional()
            .openapi({ description: "`true`: only those that should have been decided by now." }),
        }),
      },
      responses: { 200: answer(pageOf(review), "A page of cases") },
    }),
    async (c) => {
      const { overdue, ...query } = c.req.valid("query");
      const { id } = c.req.valid("param");
      const page = await service.listReviews(callOf(c), id, { ...query, overdue: overdue === "true" });
      return c.json(mapPage(page, present), 200);
    },
  )
  .openapi(noun.read("Read a case"), async (c) =>
    c.json(present(await service.getReview(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(decision("approve", "Approve: whoever waits for it comes in"), async (c) => {
    const { id } = c.req.valid("param");
    return c.json(
      present(await service.decideReview(callOf(c), id, "approved", c.req.valid("json") ?? {})),
      200,
    );
  })
  .openapi(decision("reject", "Reject: the person is told the reason"), async (c) => {
    const { id } = c.req.valid("param");
    return c.json(
      present(await service.decideReview(callOf(c), id, "rejected", c.req.valid("json") ?? {})),
      200,
    );
  })
  .openapi(
    route("write", {
      method: "post",
      path: "/reviews/{id}/assign",
      tags,
      summary: "Give an open case to a reviewer, or to nobody",
      description: "It is for the reviewers' own order: whoever has a key may decide in any case.",
      request: { params: idParam("review"), body: body(assignmentInput) },
      responses: { 200: answer(review, "The case") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(present(await service.assignReview(callOf(c), id, c.req.valid("json"))), 200);
    },
  )
  .openapi(
    route("write", {
      method: "post",
      path: `${many}/bulk`,
      tags,
      summary: `Decide up to ${MAX_BULK} cases at once, each with its own result`,
      request: { params: idParam("campaign"), body: body(bulkInput) },
      responses: { 200: answer(z.object({ data: z.array(bulkResult) }), "The results, in the given order") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const results = await service.decideMany(callOf(c), id, c.req.valid("json"));
      return c.json({ data: results.map(presentResult) }, 200);
    },
  );
