/** What another server answered: its status and the beginning of its text. */
export type Reply = { status: number; text: string };

/** Sends a POST to an address that the operator configured. The only way out of this program. */
export type Outbound = (
  url: string,
  request: { headers: Record<string, string>; body: string },
) => Promise<Reply>;

/** Characters of an answer that are read. */
const MAX_REPLY = 64 * 1024;

const TIMEOUT_MS = 5000;

/** Whether something may be sent there: over TLS, or to this very machine. */
export function isOutboundUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return (
    protocol === "https:" || (protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  );
}

/**
 * The runtime's single fetch: within a time, no redirect followed, a bounded answer.
 * @throws where there is no answer in time
 */
export const createOutbound =
  (timeoutMs = TIMEOUT_MS): Outbound =>
  async (url, { headers, body }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    return { status: response.status, text: await beginning(response) };
  };

async function beginning({ body }: Response): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < MAX_REPLY) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value as Uint8Array, { stream: true });
  }
  await reader.cancel();
  return text.slice(0, MAX_REPLY);
}
