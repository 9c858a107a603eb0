import type { Context } from "hono";
import type { Env } from "./env.ts";

/** What every answer carries, whoever gives it. */
export const everyHeader = (requestId: string) => ({
  "X-Request-Id": requestId,
  "X-Content-Type-Options": "nosniff",
});

/**
 * An answer with all of its headers at once, in a plain object: changing the headers of one that is made
 * costs more than the rest of a small answer. Cookies and headers that were set on the context are not in it.
 * @param cookies lines of Set-Cookie
 */
export function wholeAnswer(
  c: Context<Env>,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  cookies: readonly string[],
): Response {
  const all: Record<string, string> = { ...headers, ...everyHeader(c.get("requestId")) };
  if (cookies.length === 1) all["Set-Cookie"] = cookies[0] as string;
  const answer = new Response(body, { headers: all });
  if (cookies.length > 1) for (const cookie of cookies) answer.headers.append("Set-Cookie", cookie);
  c.set("whole", answer);
  return answer;
}
