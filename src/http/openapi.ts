import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "./env.ts";

const INFO = {
  openapi: "3.1.0",
  info: {
    title: "Qrove",
    version: "1",
    description:
      "Growth and referral platform for communities. Times are ISO 8601 UTC. Ids are prefixed and sortable. Lists take `limit` and `cursor`. Refusals are `application/problem+json` with a stable `code`.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/" }],
};

/** The document of all routes. Built once and kept: building it takes tens of milliseconds. */
export function documentOf(app: OpenAPIHono<Env>) {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description: "An API key: `qrv_…`",
  });
  return app.getOpenAPI31Document(INFO);
}

export type OpenApiDocument = ReturnType<typeof documentOf>;
