import type { Config } from "./config.ts";
import type { Outbound } from "./outbound.ts";

/** Cloudflare Turnstile: the public key for pages, and the check of what a page got from it. */
export type Turnstile = {
  siteKey: string;
  /** `unavailable`: Cloudflare could not be asked. A token is good once. */
  verify: (token: string) => Promise<"ok" | "wrong" | "unavailable">;
};

/** Turnstile as configured; null where it is not. */
export function turnstileOf(outbound: Outbound, config: Config): Turnstile | null {
  const { TURNSTILE_SECRET: secret, TURNSTILE_SITE_KEY: siteKey, TURNSTILE_URL: url } = config;
  if (secret === undefined || siteKey === undefined) return null;
  return {
    siteKey,
    verify: async (response) => {
      try {
        const headers = { "Content-Type": "application/x-www-form-urlencoded" };
        const body = new URLSearchParams({ secret, response }).toString();
        const reply = await outbound(url, { headers, body });
        const answer = JSON.parse(reply.text) as { success?: unknown } | null;
        if (typeof answer?.success !== "boolean") return "unavailable";
        return answer.success ? "ok" : "wrong";
      } catch {
        return "unavailable";
      }
    },
  };
}
