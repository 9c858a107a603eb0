import { encodeBase32 } from "../domain/base32.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Challenge } from "../services/humans.ts";
import { PAGE_HEADERS } from "./negotiate.ts";

/** Marks the scripts that a page brings along: null for a page without any. */
export const newNonce = ({ random }: Ports, challenge: Challenge | null): string | null =>
  challenge === null ? null : encodeBase32(random(10));

const TURNSTILE = "https://challenges.cloudflare.com";

/** The headers of a page with the gate's form: its own script may run, where the gate asks for a proof. */
export function gateHeaders(challenge: Challenge | null, nonce: string | null): typeof PAGE_HEADERS {
  if (challenge === null || nonce === null) return PAGE_HEADERS;
  const policy = PAGE_HEADERS["Content-Security-Policy"];
  const scripts = `${policy}; script-src 'nonce-${nonce}'`;
  const whole =
    challenge.by === "proof"
      ? scripts
      : `${scripts} ${TURNSTILE}; frame-src ${TURNSTILE}; connect-src ${TURNSTILE}`;
  return { ...PAGE_HEADERS, "Content-Security-Policy": whole as typeof policy };
}
