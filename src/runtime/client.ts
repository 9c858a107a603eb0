/** Who sent a request, as far as the host knows. Never kept and never logged. */
export type Client = {
  ip: string | null;
  /** ISO 3166, two letters. */
  country: string | null;
};

/** Reads the sender off a request and what the platform hands along with it. */
export type ClientOf = (request: Request, bindings: unknown) => Client;

/** Cloudflare's codes for “unknown” and for Tor are no countries. */
const countryOf = (code: unknown): string | null =>
  typeof code === "string" && /^[A-Z]{2}$/.test(code) && code !== "XX" ? code : null;

/** On Cloudflare: its own headers, which no client can forge there. */
export const edgeClient: ClientOf = (request) => ({
  ip: request.headers.get("CF-Connecting-IP"),
  country: countryOf(
    request.headers.get("CF-IPCountry") ?? (request as { cf?: { country?: unknown } }).cf?.country,
  ),
});

type NodeBindings = { incoming?: { socket?: { remoteAddress?: string | undefined } } } | undefined;

/**
 * On Node: the socket's other end. Headers count only where the operator says that one proxy of
 * theirs stands in front: then it is the last address, the one which that proxy saw.
 */
export const nodeClient =
  (trustProxy: boolean): ClientOf =>
  (request, bindings) => {
    const forwarded = trustProxy ? request.headers.get("X-Forwarded-For")?.split(",").at(-1)?.trim() : "";
    const address = forwarded || (bindings as NodeBindings)?.incoming?.socket?.remoteAddress;
    return {
      // A listener on both families shows IPv4 as `::ffff:192.0.2.1`.
      ip: address?.replace(/^::ffff:/i, "") || null,
      country: trustProxy ? countryOf(request.headers.get("CF-IPCountry")) : null,
    };
  };
