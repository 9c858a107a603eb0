import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { Problem, type ProblemCode } from "../domain/problem.ts";
import type { Env } from "./env.ts";

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 500 | 501 | 503;

/** The only place that knows the HTTP status of a refusal. */
const STATUS: Record<ProblemCode, Status> = {
  invalid_request: 400,
  invalid_json: 400,
  unsupported_media_type: 415,
  body_too_large: 413,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  not_publishable: 409,
  invalid_transition: 409,
  capacity_below_use: 409,
  merge_refused: 409,
  participant_removed: 409,
  invalid_move: 409,
  review_decided: 409,
  review_changed: 409,
  review_assigned: 409,
  appeal_refused: 409,
  invite_not_found: 404,
  invite_revoked: 410,
  invite_expired: 410,
  invite_not_started: 409,
  invite_used_up: 410,
  campaign_not_open: 409,
  campaign_paused: 409,
  campaign_over: 410,
  invite_replaced: 410,
  token_required: 403,
  token_malformed: 400,
  token_invalid: 403,
  token_foreign_workspace: 403,
  token_foreign_invite: 403,
  token_expired: 410,
  token_future: 403,
  token_key_retired: 410,
  ticket_required: 403,
  ticket_invalid: 400,
  ticket_expired: 410,
  ticket_spent: 409,
  proof_required: 403,
  pass_not_found: 404,
  image_invalid: 400,
  svg_refused: 415,
  qr_not_found: 400,
  qr_not_allowed: 400,
  source_not_found: 404,
  signature_invalid: 403,
  signature_expired: 403,
  signature_future: 403,
  rotating_not_printable: 409,
  not_available_here: 501,
  display_not_found: 404,
  not_rotating: 409,
  board_building: 503,
  busy: 503,
  internal: 500,
};

export const statusOf = (code: ProblemCode): Status => STATUS[code];

/** Any error as a problem. What is not one of ours is told to nobody but the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException) {
    if (error.status === 413) return bodyTooLarge(64 * 1024);
    if (error.status === 415)
      return new Problem("unsupported_media_type", "Send the body as application/json.");
    if (error.status < 500) return new Problem("invalid_json", "The body is not valid JSON.");
  }
  return new Problem("internal", "Something went wrong on our side.");
}

export const bodyTooLarge = (limit: number): Problem =>
  new Problem("body_too_large", `The body is larger than ${limit / 1024} KB.`);

/** RFC 9457 as JSON. */
export function problemJson(c: Context<Env>, problem: Problem): Response {
  const status = statusOf(problem.code);
  if (status === 401) c.header("WWW-Authenticate", 'Bearer realm="qrove"');
  if (status === 503) c.header("Retry-After", "1");
  c.header("Cache-Control", "no-store");
  return c.body(
    JSON.stringify({
      type: `/docs#${problem.code}`,
      title: problem.message,
      status,
      code: problem.code,
      requestId: c.get("requestId"),
      errors: problem.errors,
    }),
    status,
    { "Content-Type": "application/problem+json" },
  );
}
