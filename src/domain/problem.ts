/** One field that is wrong. `path` is a JSON pointer into the body, or `?name` for a parameter. */
export type FieldError = { path: string; code: string; message: string };

/**
 * Every refusal that the product can give, and when it does: `/docs` and docs/api.md say the same.
 * The HTTP status of each stands in `http/problem.ts`.
 */
export const PROBLEMS = {
  invalid_request: "a field or parameter is missing, wrong or unknown",
  invalid_json: "the body is not JSON",
  unsupported_media_type:
    "not JSON; at the gate, neither JSON nor a form; for a picture, not a type it may have",
  body_too_large:
    "more than 64 KB; 1 MB where many rows are sent at once, 512 KB from a provider of payments",
  unauthorized: "no key, or one that is unknown, expired or revoked",
  forbidden: "the key lacks the scope, or is bound to one campaign",
  not_found: "it is not there, or belongs to another workspace",
  method_not_allowed: "the path is there, and takes the methods in the header `Allow`",
  conflict: "the state of things does not allow it now",
  not_publishable: "the campaign lacks something; `errors` names all of it",
  invalid_transition: "for example, to resume a campaign that is not paused",
  capacity_below_use: "the capacity is below the seats that are taken",
  merge_refused: "the group cannot be merged into that one",
  participant_removed:
    "the person was removed: `restore` lets them back, or passing again whom a re-check removed",
  invalid_move: "the person cannot be moved below that one; `errors` says why",
  review_decided: "the case is decided; `errors` tells the decision that stands",
  review_changed: "the person has applied again since the case was looked at (`expectedTries`)",
  review_assigned: "somebody else has the case",
  appeal_refused: "there is no decision to appeal against, or it was appealed already",
  invite_not_found: "no invite has this code",
  invite_revoked: "withdrawn for good",
  invite_expired: "after the invite's `expiresAt`",
  invite_not_started: "the invite's time has not come",
  invite_used_up: "`maxUses` is reached",
  campaign_not_open: "a draft, or before `startsAt`",
  campaign_paused: "paused by the organiser",
  campaign_over: "ended, or after `endsAt`",
  invite_replaced: "the invite has a new code",
  token_required: "the invite rotates, and the link has no code of the moment",
  token_malformed: "a part of the rotating link is missing",
  token_invalid: "the code was not made by this installation",
  token_foreign_workspace: "the code is another organiser's",
  token_foreign_invite: "the code is another invite's",
  token_expired: "the screen shows another code by now",
  token_future: "the code is not valid yet",
  token_key_retired: "the code was made with a key that is no longer used",
  ticket_required: "the invite rotates, and a join needs the ticket of a scan",
  ticket_invalid: "the scan ticket is not one of this invite's",
  ticket_expired: "the scan is too long ago",
  ticket_spent: "this scan already let somebody else in",
  proof_required: "the gate wants a proof that no machine asks, before it sends a code",
  pass_not_found: "the link opens nobody's page",
  image_invalid: "the picture cannot be read, or has too many pixels",
  svg_refused: "an uploaded SVG may carry scripts",
  qr_not_found: "the picture has no QR code that can be read",
  qr_not_allowed: "the picture's QR code does not lead to the group's carrier",
  source_not_found: "no source of orders has this address, or it was revoked",
  signature_invalid: "a webhook's signature is not this source's, or what was signed was altered",
  signature_expired: "a webhook was signed more than 5 minutes ago",
  signature_future: "a webhook was signed more than 5 minutes ahead of the server's clock",
  rotating_not_printable: "the invite's code changes every few seconds: there is no poster of it",
  not_available_here: "this host cannot do it; the sentence says what to use instead",
  display_not_found: "the link opens no screen, or one that was revoked",
  not_rotating: "only a rotating invite has screens",
  board_building: "a board that nobody asked for before is being built; ask again after `Retry-After`",
  busy: "the database is busy. Nothing was written; send it again after `Retry-After`",
  internal: "our fault; the log has the place under the same `requestId`",
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

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
