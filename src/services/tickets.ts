import { encodeBase32, encodeInteger, decodeInteger } from "../domain/base32.ts";
import { type Id, idDigits } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { sameText } from "./seals.ts";

/** How long a scan ticket is good for, in milliseconds. */
export const TICKET_MS = 15 * 60_000;

const NONCE_BYTES = 10;
const TIME_LENGTH = 9;
const MAC_LENGTH = 26;

const macOf = async ({ secrets }: Ports, inviteId: Id, body: string): Promise<string> =>
  encodeBase32(await secrets.mac("ticket", `${idDigits(inviteId)}${body}`)).slice(0, MAC_LENGTH);

/**
 * A scan ticket: a nonce, the time and a keyed hash over both and the invite. It is stored nowhere
 * until a join spends its nonce.
 */
export async function issueTicket(ports: Ports, inviteId: Id): Promise<string> {
  const body = encodeBase32(ports.random(NONCE_BYTES)) + encodeInteger(ports.now(), TIME_LENGTH);
  return body + (await macOf(ports, inviteId, body));
}

/**
 * The nonce of a ticket of this invite, when it was handed out, and whether that is too long ago. A static invite takes one of any
 * age: it asks for none at all, so slow typing costs nothing there.
 * @throws Problem `ticket_invalid`
 */
export async function readTicket(
  ports: Ports,
  inviteId: Id,
  ticket: string,
): Promise<{ nonce: string; issuedAt: number; expired: boolean }> {
  const nonceLength = (NONCE_BYTES * 8) / 5;
  const body = ticket.slice(0, nonceLength + TIME_LENGTH);
  const fits = ticket.length === nonceLength + TIME_LENGTH + MAC_LENGTH;
  if (!fits || !sameText(await macOf(ports, inviteId, body), ticket.slice(body.length))) {
    throw new Problem("ticket_invalid", "The scan ticket is not one of this invite's.", [
      { path: "/ticket", code: "ticket_invalid", message: "is not a ticket of this invite" },
    ]);
  }
  const issuedAt = decodeInteger(body.slice(nonceLength)) ?? 0;
  return { nonce: body.slice(0, nonceLength), issuedAt, expired: ports.now() - issuedAt > TICKET_MS };
}
