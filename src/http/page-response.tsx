import type { Context } from "hono";
import type { Problem } from "../domain/problem.ts";
import type { Env } from "./env.ts";
import { localeOf, PAGE_HEADERS } from "./negotiate.ts";
import type { OpenApiDocument } from "./openapi.ts";
import { ProblemPage } from "./pages/outcome.tsx";
import { ReferencePage } from "./pages/reference.tsx";
import { statusOf } from "./problem.ts";

/** A refusal as a page. */
export const problemPage = (c: Context<Env>, problem: Problem): Response | Promise<Response> =>
  c.html(
    <ProblemPage problem={problem} locale={localeOf(c)} path={c.req.path} />,
    statusOf(problem.code),
    PAGE_HEADERS,
  );

/** The API's reference. */
export const referencePage = (c: Context<Env>, document: OpenApiDocument): Response | Promise<Response> =>
  c.html(<ReferencePage document={document} />, 200, {
    "Content-Security-Policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
