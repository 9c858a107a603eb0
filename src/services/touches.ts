import { decodeInteger, encodeBase32, encodeInteger } from "../domain/base32.ts";
import { MAX_TRAIL, MAX_WINDOW_DAYS, type Touch, windowStart } from "../domain/attribution.ts";
import { formatId, type Id, idDigits } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { sameText } from "./seals.ts";

const ID_LENGTH = 11;
/** Seconds since 1970 in 35 bits: they last for a thousand years. */
const TIME_LENGTH = 7;
const TOUCH_LENGTH = ID_LENGTH + TIME_LENGTH;
const MAC_LENGTH = 26;

/** The arrivals on a campaign's invites that a person's own browser carries: its text is a cookie's. */
const macOf = async ({ secrets }: Ports, campaignId: Id, body: string): Promise<string> =>
  encodeBase32(await secrets.mac("touches", `${idDigits(campaignId)}${body}`)).slice(0, MAC_LENGTH);

/**
 * Arrivals as a signed text: invites and seconds, and nothing of the person. It is good for this
 * campaign alone, and stored nowhere until a join.
 */
export async function sealTrail(ports: Ports, campaignId: Id, trail: readonly Touch[]): Promise<string> {
  const body = trail
    .map(({ inviteId, at }) => idDigits(inviteId) + encodeInteger(Math.floor(at / 1000), TIME_LENGTH))
    .join("");
  return body + (await macOf(ports, campaignId, body));
}

/**
 * The arrivals in a text of `sealTrail`, oldest first; none when it is not one of this campaign. Those
 * that are older than any window are left out.
 */
export async function readTrail(ports: Ports, campaignId: Id, text: string): Promise<Touch[]> {
  const count = (text.length - MAC_LENGTH) / TOUCH_LENGTH;
  if (!Number.isInteger(count) || count < 1 || count > MAX_TRAIL) return [];
  const body = text.slice(0, -MAC_LENGTH);
  if (!sameText(await macOf(ports, campaignId, body), text.slice(body.length))) return [];
  const oldest = windowStart(MAX_WINDOW_DAYS, ports.now());
  return Array.from({ length: count }, (_, i): Touch => {
    const touch = body.slice(i * TOUCH_LENGTH, (i + 1) * TOUCH_LENGTH);
    const [id, seconds] = [touch.slice(0, ID_LENGTH), touch.slice(ID_LENGTH)].map(decodeInteger);
    return { inviteId: formatId("invite", id ?? 0), at: (seconds ?? 0) * 1000, how: "link" };
  }).filter(({ at }) => at >= oldest);
}
