import { OpenAPIHono } from "@hono/zod-openapi";
import type { Hono } from "hono";
import { errorName } from "../domain/errors.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { accessCodes } from "./api/access-codes.ts";
import { attribution } from "./api/attribution.ts";
import { audit } from "./api/audit.ts";
import { boards } from "./api/boards.ts";
import { campaigns } from "./api/campaigns.ts";
import { centres } from "./api/centres.ts";
import { checks } from "./api/checks.ts";
import { communities } from "./api/communities.ts";
import { displays } from "./api/displays.ts";
import { groups } from "./api/groups.ts";
import { gates } from "./api/gates.ts";
import { growth } from "./api/growth.ts";
import { images } from "./api/images.ts";
import { groupLife } from "./api/group-life.ts";
import { health } from "./api/health.ts";
import { invites } from "./api/invites.ts";
import { joins } from "./api/joins.ts";
import { keys } from "./api/keys.ts";
import { lists } from "./api/lists.ts";
import { members } from "./api/members.ts";
import { membership } from "./api/membership.ts";
import { orderImport } from "./api/order-import.ts";
import { orderSources } from "./api/order-sources.ts";
import { orders } from "./api/orders.ts";
import { participants } from "./api/participants.ts";
import { posters } from "./api/posters.ts";
import { reports } from "./api/reports.ts";
import { reviews } from "./api/reviews.ts";
import { sources } from "./api/sources.ts";
import { standing } from "./api/standing.ts";
import { trees } from "./api/trees.ts";
import type { Env } from "./env.ts";
import { hooks } from "./hooks.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { METHODS_WITH_BODY, rowsLimit, usualLimit } from "./middleware/body-limit.ts";
import { request } from "./middleware/request.ts";
import { documentOf, type OpenApiDocument } from "./openapi.ts";
import { problemPage, referencePage } from "./page-response.tsx";
import { problemJson, toProblem } from "./problem.ts";
import { wantsJson } from "./negotiate.ts";
import { appeals } from "./appeals.tsx";
import { applications } from "./applications.tsx";
import { publicPages } from "./public.tsx";
import { publicBoards } from "./boards.tsx";
import { contacts } from "./contacts.tsx";
import { screens } from "./screens.tsx";
import { FastRouter } from "./router.ts";
import { demandJson } from "./validation.ts";

const API = [
  communities,
  groups,
  groupLife,
  campaigns,
  invites,
  posters,
  displays,
  joins,
  participants,
  trees,
  centres,
  members,
  lists,
  membership,
  standing,
  checks,
  health,
  attribution,
  boards,
  growth,
  gates,
  sources,
  reports,
  accessCodes,
  orders,
  orderSources,
  reviews,
  audit,
  keys,
];

/** QR codes are all upper case: `/I/…` is the same place as `/i/…`. The URL is normal already: it is cut. */
function getPath({ url }: Request): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const query = url.slice(start).search(/[?#]/);
  const path = query < 0 ? url.slice(start) : url.slice(start, start + query);
  return path.startsWith("/I/") ? `/i/${path.slice(3)}` : path;
}

/** `route` without the type of a client for all routes below it, which nobody uses and the checker is long at. */
type Mounts = { route(path: string, routes: Hono<Env>): void };

/**
 * The whole product as one fetch handler. Order: request id and log, body limit, authentication on
 * `/v1`, route, and one place that turns every error into a problem.
 */
export function createApp(ports: Ports): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>({ getPath, router: new FastRouter() });
  const mount = (path: string, routes: Hono<Env>) => (app as unknown as Mounts).route(path, routes);
  app.use(request(ports));
  app.on(METHODS_WITH_BODY, "*", usualLimit);
  app.use("/v1/*", authenticate());
  app.on(METHODS_WITH_BODY, "/v1/*", rowsLimit);
  // Before JSON is demanded: these bodies are pictures and tables.
  mount("/v1", images);
  mount("/v1", orderImport);
  app.on(["POST", "PATCH", "PUT"], "/v1/*", (c, next) => {
    if (c.req.header("Content-Type") !== undefined) demandJson(c);
    return next();
  });
  for (const routes of API) mount("/v1", routes);

  app.get("/", (c) => {
    c.header("Cache-Control", "no-store");
    return c.redirect("/docs", 302);
  });
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  let document: OpenApiDocument | undefined;
  const theDocument = () => (document ??= documentOf(app));
  app.get("/openapi.json", (c) => c.json(theDocument()));
  app.get("/docs", (c) => referencePage(c, theDocument()));
  mount("/", publicPages);
  mount("/", contacts);
  mount("/", screens);
  mount("/", publicBoards);
  mount("/", applications);
  mount("/", hooks);
  mount("/", appeals);

  app.notFound((c) => {
    const allowed = methodsOf(app, c.req.path);
    if (allowed.length === 0) return respond(c, new Problem("not_found", "There is nothing here."));
    c.header("Allow", allowed.join(", "));
    return respond(c, new Problem("method_not_allowed", `This path takes ${allowed.join(", ")}.`));
  });
  app.onError((error, c) => {
    const problem = toProblem(error);
    if (problem.code === "internal") {
      // Never the message: a database's error carries the values that were bound.
      ports.log.error("error", {
        requestId: c.get("requestId"),
        name: errorName(error),
        where: placeOf(error),
      });
    }
    return respond(c, problem);
  });
  return app;
}

/** The methods that a path has a route for, middleware aside; none for a path that is not there. */
const methodsOf = ({ router }: OpenAPIHono<Env>, path: string): string[] =>
  ["GET", "POST", "PUT", "PATCH", "DELETE"]
    .filter((method) =>
      router
        .match(method, path)[0]
        .some(([[, { method: own, path: at }]]) => own === method && !at.endsWith("*")),
    )
    .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));

type C = Parameters<typeof problemJson>[0];

/** A page for a browser on a prospect's path, problem+json for everybody else. */
const respond = (c: C, problem: Problem): Response | Promise<Response> => {
  const forPeople = /^\/(a|board|i|p|screen)\//i.test(c.req.path) && !wantsJson(c);
  return forPeople ? problemPage(c, problem) : problemJson(c, problem);
};

/** The innermost frame of a stack: where, without what. */
const placeOf = (error: Error): string =>
  error.stack
    ?.split("\n")
    .find((line) => /^\s+at /.test(line))
    ?.trim() ?? "";
