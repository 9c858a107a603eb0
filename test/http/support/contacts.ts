import { inject } from "vitest";
import { Webhook } from "standardwebhooks";
import { type Answer, request } from "../../support/api.ts";
import { type Got, SENDER_SECRET } from "../../support/outside.ts";

/** What the sender's service got for an address so far. */
export const sentTo = async (to: string): Promise<Got[]> =>
  (await request(`/sent?to=${encodeURIComponent(to)}`, {}, inject("outsideUrl"))).json;

/** The `count`-th message to an address, as soon as it is there; its signature holds. */
export async function messageTo(
  to: string,
  count = 1,
): Promise<{ to: string; code: string; channel: string; subject: string; text: string; locale: string }> {
  for (let round = 0; round < 400; round++) {
    const got = (await sentTo(to))[count - 1];
    if (got !== undefined) {
      const { data } = new Webhook(SENDER_SECRET).verify(got.body, got.headers) as { data: never };
      return data;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no message ${count} to ${to}`);
}

/** Asks for a code at an invite, as JSON. */
export const askCode = (code: string, identity: unknown, more: object = {}): Promise<Answer> =>
  request(`/i/${code}/contact`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ identity, ...more }),
  });
