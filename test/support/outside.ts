import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A message as the sender's service got it. */
export type Got = { headers: Record<string, string>; body: string };

/** What signs messages to the service. */
export const SENDER_SECRET = `whsec_${Buffer.from("a sender's secret for tests only").toString("base64")}`;

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
};

/**
 * The services that an installation calls, as one real server: whoever delivers codes (`/send`, read back by
 * `/sent?to=`), and a stand-in for Turnstile's check (`/siteverify`), whose tokens are good once.
 */
export async function startOutside(): Promise<{ url: string; stop: () => Promise<void> }> {
  const sent = new Map<string, Got[]>();
  const spent = new Set<string>();
  const answer = (response: ServerResponse, status: number, body: unknown = {}) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://outside");
      if (pathname === "/sent") return answer(response, 200, sent.get(searchParams.get("to") ?? "") ?? []);
      const body = await textOf(request);
      if (pathname === "/siteverify") {
        const form = new URLSearchParams(body);
        const token = form.get("response") ?? "";
        if (token.startsWith("broken")) return answer(response, 500, "no JSON of theirs");
        const success = form.get("secret") === "secret" && token.startsWith("good") && !spent.has(token);
        spent.add(token);
        return answer(response, 200, { success });
      }
      const to = (JSON.parse(body) as { data: { to: string } }).data.to;
      const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
      sent.set(to, [...(sent.get(to) ?? []), { headers, body }]);
      answer(response, to.includes("refused") ? 500 : 204);
    })();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The settings by which a host finds these services. */
export const outsideEnv = (url: string): Record<string, string> => ({
  SENDER_URL: `${url}/send`,
  SENDER_SECRET,
  TURNSTILE_SECRET: "secret",
  TURNSTILE_SITE_KEY: "site-key",
  TURNSTILE_URL: `${url}/siteverify`,
});
