/** One field that is wrong. `path` is a JSON pointer into the body, or `?name` for a parameter. */
export type FieldError = { path: string; code: string; message: string };

/** Every refusal that the product can give. The HTTP status of each stands in `http/problem.ts`. */
export type ProblemCode =
  | "invalid_request"
  | "invalid_json"
  | "unsupported_media_type"
  | "body_too_large"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "not_publishable"
  | "invalid_transition"
  | "capacity_below_use"
  | "merge_refused"
  | "invite_not_found"
  | "invite_revoked"
  | "invite_expired"
  | "invite_not_started"
  | "invite_used_up"
  | "campaign_not_open"
  | "campaign_paused"
  | "campaign_over"
  | "invite_replaced"
  | "token_required"
  | "token_malformed"
  | "token_invalid"
  | "token_foreign_workspace"
  | "token_foreign_invite"
  | "token_expired"
  | "token_future"
  | "token_key_retired"
  | "ticket_required"
  | "ticket_invalid"
  | "ticket_expired"
  | "ticket_spent"
  | "pass_not_found"
  | "image_invalid"
  | "svg_refused"
  | "qr_not_found"
  | "qr_not_allowed"
  | "rotating_not_printable"
  | "not_available_here"
  | "display_not_found"
  | "not_rotating"
  | "busy"
  | "internal";

/** A refusal as a value that can be thrown: a stable code, a sentence, and the fields at fault. */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(message);
  }
}

/** The refusal for something that is not there, or is another workspace's. */
export const notFound = (noun: string): Problem => new Problem("not_found", `No such ${noun}.`);
