import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Scope } from "../../domain/key.ts";
import { type IdKind, parseId } from "../../domain/id.ts";
import { pageQuery } from "../../domain/page.ts";
import type { Env } from "../env.ts";
import { onInvalid } from "../validation.ts";

/** A router whose refused input becomes a problem. */
export const router = () => new OpenAPIHono<Env>({ defaultHook: onInvalid });

/** RFC 9457, as every refusal is answered. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string().openapi({ description: "What is wrong, in a sentence." }),
    status: z.int(),
    code: z.string().openapi({ description: "Stable: build on this one." }),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  })
  .openapi("Problem");

const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problem } },
});

/** The refusals that any route of the API may answer with. */
const REFUSALS = {
  400: refusal("A field, a parameter or the body is wrong; `errors` lists every fault."),
  401: refusal("No key, or one that is not valid."),
  403: refusal("The key lacks the scope."),
  404: refusal("Not there, or another workspace's."),
  409: refusal("The state of things does not allow it."),
} as const;

/** A path parameter that is a public id. Anything else is answered with 404. */
export const idParam = (kind: IdKind) =>
  z.object({
    id: z
      .string()
      .refine((id) => parseId(kind, id) !== null)
      .openapi({ example: `${kind.slice(0, 3)}_0h4k2m9x1qz` }),
  });

/** `?limit=&cursor=` and what a list adds to them. */
export const listQuery = <T extends z.ZodRawShape>(more: T) => z.strictObject({ ...pageQuery, ...more });

/** One page of `row`. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ data: z.array(row), next: z.string().nullable(), previous: z.string().nullable() });

/** An instant in an answer. */
export const iso = z.string().openapi({ format: "date-time", example: "2026-11-21T09:00:00.000Z" });

/** Milliseconds since 1970 as ISO 8601, UTC. */
export const toIso = (ms: number): string => new Date(ms).toISOString();
export const toIsoOrNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));

const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });

/** A JSON body that must be there. */
export const body = <T extends z.ZodType>(schema: T) => ({ content: json(schema), required: true as const });

/** A JSON answer. */
export const answer = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: json(schema),
});

type RouteConfig = Parameters<typeof createRoute>[0];

/** A route of the API: `createRoute` with what all of them share. `scope` is for the reference. */
export const route = <const T extends Omit<RouteConfig, "security">>(
  scope: Scope,
  config: T,
): T & {
  security: { key: Scope[] }[];
  responses: T["responses"] & typeof REFUSALS;
  getRoutingPath(): string;
} =>
  createRoute({
    ...config,
    security: [{ key: [scope] }],
    responses: { ...REFUSALS, ...config.responses },
  } as never) as never;
