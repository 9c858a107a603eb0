import { createRoute, OpenAPIHono, type RouteConfig, type RouteHandler, z } from "@hono/zod-openapi";
import type { Handler, Hono } from "hono";
import type { Scope } from "../../domain/key.ts";
import { type IdKind, parseId } from "../../domain/id.ts";
import { pageQuery } from "../../domain/page.ts";
import type { Env } from "../env.ts";
import { checked, onInvalid, type Shapes } from "../validation.ts";

/** A router whose handlers are held to their routes. No client is derived from it, so its type stays small. */
export interface Router extends Hono<Env> {
  openapi<R extends RouteConfig>(route: R, handler: RouteHandler<R, Env>): Router;
}

/** A router whose refused input becomes a problem. */
export function router(): Router {
  const routes = new OpenAPIHono<Env>({ defaultHook: onInvalid });
  const { openapi } = routes;
  const open = (config: RouteConfig & { getRoutingPath: () => string }, handler: Handler<Env>) => {
    const { request = {}, method } = config;
    if (request.body !== undefined) return openapi(config as never, handler as never);
    const check = checked(request as Shapes);
    routes.openAPIRegistry.registerPath(config);
    return routes.on(method, config.getRoutingPath(), (c, next) => {
      check(c);
      return handler(c, next);
    });
  };
  return Object.assign(routes, { openapi: open }) as unknown as Router;
}

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

const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });

/** A JSON body that must be there. */
export const body = <T extends z.ZodType>(schema: T) => ({ content: json(schema), required: true as const });

/** A JSON body that may be left out. */
export const maybeBody = <T extends z.ZodType>(schema: T) => ({
  content: json(schema),
  required: false as const,
});

/** A JSON answer. */
export const answer = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: json(schema),
});

/** A route of the API: `createRoute` with what all of them share. `scope` is for the reference. */
export const route = <const T extends Omit<RouteConfig, "security">>(
  scope: Scope,
  config: T,
): T & {
  security: { key: Scope[] }[];
  getRoutingPath(): string;
} =>
  createRoute({
    ...config,
    security: [{ key: [scope] }],
    responses: { ...REFUSALS, ...config.responses },
  } as never) as never;

/**
 * The routes that nouns have in common, to be opened with their handlers.
 * @param noun `one` is the path of one, `said` what the document says of one, `scope` who may read
 */
export const routesOf = <const P extends string, T extends z.ZodType>(noun: {
  tags: string[];
  kind: IdKind;
  one: P;
  shape: T;
  said: string;
  scope?: Scope;
}) => {
  const { tags, kind, one, shape, said, scope = "read" } = noun;
  const shared = { tags, responses: { 200: answer(shape, said) } };
  const request = { params: idParam(kind) };
  return {
    /** All of the workspace, page by page. */
    list: <const L extends string>(path: L, summary: string, page: string) =>
      route(scope, {
        method: "get",
        path,
        tags,
        summary,
        request: { query: listQuery({}) },
        responses: { 200: answer(pageOf(shape), page) },
      }),
    read: (summary: string) => route(scope, { ...shared, method: "get", path: one, summary, request }),
    patch: <B extends z.ZodType>(summary: string, patch: B) =>
      route("write", {
        ...shared,
        method: "patch",
        path: one,
        summary,
        request: { ...request, body: body(patch) },
      }),
    /** A deed without a body. */
    act: <const V extends string>(verb: V, summary: string) =>
      route("write", { ...shared, method: "post", path: `${one}/${verb}`, summary, request }),
  };
};
