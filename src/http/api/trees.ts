import { z } from "@hono/zod-openapi";
import { REFERRAL_STATUSES } from "../../domain/credit.ts";
import { limitOf, mapPage, pageQuery } from "../../domain/page.ts";
import { readGenerations } from "../../services/generations.ts";
import * as service from "../../services/trees.ts";
import { toCsv } from "../csv.ts";
import { callOf } from "../env.ts";
import { participant, presentParticipant } from "./participants.ts";
import { answer, idParam, listQuery, pageOf, route, router } from "./route.ts";
import { presentNodes, treeNode } from "./tree-node.ts";

const tags = ["Trees"];
const params = idParam("participant");
const path = <const P extends string>(verb: P) => `/participants/{id}/${verb}` as const;

const tree = z
  .object({
    participant,
    direct: z.int(),
    team: z.int(),
    children: z.array(treeNode),
    branches: z.array(treeNode).openapi({
      description: "The topmost of those whose inviter (`participant.inviterId`) is on an earlier page.",
    }),
    truncated: z.boolean().openapi({ description: "There are more: `next` is not null." }),
    next: z.string().nullable(),
  })
  .openapi("Tree");

const people = z.object({
  people: z.int().openapi({ description: "Everybody who came, whatever became of them." }),
  qualified: z.int().openapi({ description: "Those whose referral is qualified." }),
  present: z.int().openapi({ description: "Those who did not leave and were not removed." }),
});

const line = z
  .object({
    participantId: z.string(),
    inviterId: z.string().nullable(),
    level: z.int().openapi({ description: "How far below the person whose export it is: they are 0." }),
    displayName: z.string(),
    direct: z.int(),
    team: z.int(),
    status: z.enum(REFERRAL_STATUSES).nullable().openapi({ description: "Null: nobody invited them." }),
  })
  .openapi("ExportLine");
const COLUMNS = Object.keys(line.shape) as (keyof typeof line.shape)[];

const present = ({ id, ...rest }: service.ExportLine): z.output<typeof line> => ({
  participantId: id,
  ...rest,
});

export const trees = router()
  .openapi(
    route("read", {
      method: "get",
      path: path("tree"),
      tags,
      summary: "The referral tree below a participant",
      description:
        "Nested, the nearest `limit` people below them level by level. With `cursor`, branch by branch those that the pages before did not have. `depth` is 3 unless told; a cursor keeps its own.",
      request: {
        params,
        query: z.strictObject({
          depth: z.coerce.number().int().min(0).max(100).optional(),
          limit: limitOf(1000, 1000),
          cursor: pageQuery.cursor,
        }),
      },
      responses: { 200: answer(tree, "The person, and a page of those below them") },
    }),
    async (c) => {
      const { participant, direct, team, children, branches, next } = await service.readTree(
        callOf(c),
        c.req.valid("param").id,
        c.req.valid("query"),
      );
      return c.json(
        {
          participant: presentParticipant(participant),
          direct,
          team,
          children: presentNodes(children),
          branches: presentNodes(branches),
          truncated: next !== null,
          next,
        },
        200,
      );
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: path("children"),
      tags,
      summary: "The people whom a participant brought",
      request: { params, query: listQuery({ order: z.enum(["newest", "oldest"]).default("newest") }) },
      responses: { 200: answer(pageOf(participant), "A page of them") },
    }),
    async (c) => {
      const page = await service.readChildren(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(mapPage(page, presentParticipant), 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: path("ancestors"),
      tags,
      summary: "The inviters of a participant, the nearest first",
      request: { params, query: listQuery({ limit: limitOf(1000, 100) }) },
      responses: { 200: answer(pageOf(participant), "From the inviter up to the root") },
    }),
    async (c) => {
      const page = await service.readAncestors(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(mapPage(page, presentParticipant), 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: path("path"),
      tags,
      summary: "The way from a participant to another one",
      description:
        "Up to the nearest person who stands above both (`meetingId`), and down again; both ends are part of it. Without `to`: up to their root. Where the two stand in different trees, `meetingId`, `up` and `down` are null.",
      request: {
        params,
        query: listQuery({
          to: z.string().max(40).optional().openapi({ description: "A participant of the same campaign." }),
          limit: limitOf(1000, 100),
        }),
      },
      responses: {
        200: answer(
          z.object({
            meetingId: z.string().nullable(),
            up: z
              .int()
              .nullable()
              .openapi({ description: "Steps up to the person where the two ways meet." }),
            down: z.int().nullable().openapi({ description: "Steps down from there." }),
            ...pageOf(participant).shape,
          }),
          "A page of the way",
        ),
      },
    }),
    async (c) => {
      const read = await service.readPathTo(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json({ ...read, data: read.data.map(presentParticipant) }, 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: path("generations"),
      tags,
      summary: "How many people stand how far below a participant",
      description:
        "Takes time in proportion to the people below. More than a million come in several answers: with `next` as `cursor` the others, to be added up.",
      request: {
        params,
        query: z.strictObject({
          levels: limitOf(1000, 100).openapi({ description: "How many levels are told one by one." }),
          cursor: pageQuery.cursor,
        }),
      },
      responses: {
        200: answer(
          z.object({
            data: z.array(z.object({ level: z.int(), ...people.shape })),
            deeper: people.nullable().openapi({ description: "All below those levels; null: nobody." }),
            next: z.string().nullable(),
          }),
          "The levels from the nearest down; level 1 are those whom they brought",
        ),
      },
    }),
    async (c) => c.json(await readGenerations(callOf(c), c.req.valid("param").id, c.req.valid("query")), 200),
  )
  .openapi(
    route("read", {
      method: "get",
      path: path("export"),
      tags,
      summary: "A participant with everybody below, as CSV or as JSON lines",
      description:
        "Branch by branch, inviters before those whom they brought. CSV unless `format=ndjson` or `Accept: application/x-ndjson`; the next cursor stands in `X-Next-Cursor`.",
      request: {
        params,
        query: listQuery({
          format: z.enum(["csv", "ndjson"]).optional(),
          limit: limitOf(5000, 1000),
        }),
      },
      responses: {
        200: {
          description: "A page of the export; as JSON lines, each is an `ExportLine`",
          content: { "text/csv": { schema: z.string() }, "application/x-ndjson": { schema: line } },
        },
      },
    }),
    async (c) => {
      const { format, ...ask } = c.req.valid("query");
      const { data, next } = await service.exportSubtree(callOf(c), c.req.valid("param").id, ask);
      const lines = data.map(present);
      const json =
        (format ?? (c.req.header("Accept")?.startsWith("application/x-ndjson") && "ndjson")) === "ndjson";
      return c.body(
        json ? lines.map((one) => `${JSON.stringify(one)}\n`).join("") : toCsv(COLUMNS, lines),
        200,
        {
          "Content-Type": json ? "application/x-ndjson; charset=utf-8" : "text/csv; charset=utf-8",
          Vary: "Accept, Authorization",
          ...(next === null ? {} : { "X-Next-Cursor": next }),
        },
      ) as never;
    },
  );
