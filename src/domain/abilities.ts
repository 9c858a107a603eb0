import { criterionOf } from "./criteria/index.ts";
import type { Ability, Criterion } from "./criteria/types.ts";
import { leavesOf } from "./evaluate.ts";
import type { Gate } from "./gate.ts";
import type { FieldError } from "./problem.ts";

const LACKS: Record<Ability, Omit<FieldError, "path">> = {
  email: {
    code: "sender_missing",
    message:
      "The gate sends codes by e-mail, and this installation has no sender for it: set SENDER_URL or SMTP_URL.",
  },
  phone: {
    code: "sender_missing",
    message: "The gate sends codes to phones, and this installation has no sender for it: set SENDER_URL.",
  },
  turnstile: {
    code: "turnstile_missing",
    message: "The gate asks Turnstile: set TURNSTILE_SECRET and TURNSTILE_SITE_KEY.",
  },
};

/** What a gate wants of the installation and does not get, each once: nobody could pass such a leaf. */
export function lackingOf(gate: Gate | null, has: ReadonlySet<Ability>): FieldError[] {
  const wanted = new Set(
    leavesOf(gate).flatMap((leaf) => (criterionOf(leaf.kind) as Criterion).demands?.(leaf) ?? []),
  );
  return [...wanted]
    .filter((ability) => !has.has(ability))
    .map((ability) => ({ path: "/gate", ...LACKS[ability] }));
}
