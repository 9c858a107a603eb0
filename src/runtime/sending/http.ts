import type { Outbound } from "../outbound.ts";
import { type Send, SendError } from "./message.ts";

const encoder = new TextEncoder();
const PREFIX = "whsec_";

/** Whether a secret is one of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
export function isWebhookSecret(secret: string): boolean {
  const { length } = bytesOf(secret);
  return secret.startsWith(PREFIX) && length >= 24 && length <= 64;
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(secret.slice(PREFIX.length)), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** Sends messages as signed calls (Standard Webhooks) to the operator's own service. On every host. */
export function httpSender(outbound: Outbound, url: string, secret: string, now: () => number): Send {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  let key: ReturnType<typeof crypto.subtle.importKey> | undefined;
  return async ({ id, expiresAt, ...message }) => {
    const at = now();
    const timestamp = String(Math.floor(at / 1000));
    const body = JSON.stringify({
      type: "contact.code",
      timestamp: new Date(at).toISOString(),
      data: { ...message, expiresAt: new Date(expiresAt).toISOString() },
    });
    key ??= crypto.subtle.importKey("raw", bytesOf(secret), hmac, false, ["sign"]);
    const signed = await crypto.subtle.sign("HMAC", await key, encoder.encode(`${id}.${timestamp}.${body}`));
    const signature = btoa(String.fromCharCode(...new Uint8Array(signed)));
    const { status } = await outbound(url, {
      headers: {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      },
      body,
    });
    if (status < 200 || status > 299) throw new SendError("not taken");
  };
}
