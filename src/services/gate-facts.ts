import { encodeBase32 } from "../domain/base32.ts";
import { periodKey } from "../domain/calendar.ts";
import { type Facts, NO_STORED_FACTS } from "../domain/criteria/facts.ts";
import { shortFacts, wholeFacts, type Whose } from "../domain/criteria/kept-facts.ts";
import type { Need } from "../domain/criteria/types.ts";
import { needsOf } from "../domain/evaluate.ts";
import type { Gate } from "../domain/gate.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Arrival } from "../store/arrival.ts";
import { type FactsAsk, findFacts } from "../store/facts.ts";
import type { Via } from "./join-outcome.ts";

/** Gates are shared and frozen: what one needs is found out once. */
const known = new WeakMap<Gate, Need[]>();

/** What a gate needs of the database. */
export function needs(gate: Gate | null): Need[] {
  if (gate === null) return [];
  const found = known.get(gate) ?? needsOf(gate);
  known.set(gate, found);
  return found;
}

/** The keyed hash of a code that was sent to an identity: a copy of the database does not yield it. */
export async function hashContactCode(
  { secrets }: Ports,
  campaignId: Id,
  identityHash: string,
  typed: string,
): Promise<string> {
  const mac = await secrets.mac(
    "contact-code",
    `${campaignId}\n${identityHash}\n${typed.replace(/\D/g, "")}`,
  );
  return [...mac.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a gate needs to be read for one person. */
export function factsAskOf(
  gate: Gate | null,
  { timezone, ...whose }: Omit<FactsAsk, "lists" | "quotas"> & { timezone: string },
): FactsAsk {
  const wanted = needs(gate);
  return {
    ...whose,
    lists: wanted.flatMap((need) => (need.fact === "list" ? [need.list] : [])),
    quotas: wanted.flatMap((need) =>
      need.fact === "quota" ? [{ key: need.key, period: periodKey(timezone, whose.now, need.daily) }] : [],
    ),
  };
}

/** Who is asking, beside what they sent. */
export type Asking = {
  identityHash: string;
  scannedAt: number | null;
  /** The application that this very request is on behalf of. */
  applicationId: Id | null;
  human: Facts["human"];
  now: number;
};

/** By what somebody is known who shows a code: their scan's ticket, or this one request. */
export type Bearer = {
  bearer: string;
  /** They showed it with an earlier request, on behalf of which this one is. */
  showed: boolean;
};

/**
 * Everything that the gate of an arrival may look at: one round trip where it needs the database, none
 * where it does not.
 */
export async function gatherFacts(
  ports: Ports,
  arrival: Arrival,
  via: Via,
  asking: Asking,
  { bearer, showed }: Bearer,
): Promise<Facts> {
  const { campaign, community, invite, gate, inviter } = arrival;
  const { input } = via;
  const { identityHash, now } = asking;
  const wanted = needs(gate);
  const given = {
    ...asking,
    acknowledged: input.acknowledged,
    answers: input.answers,
    accessCode: input.accessCode === undefined ? null : { found: arrival.accessCode },
    identityType: input.identity.type,
    emailDomain: input.identity.type === "email" ? (input.identity.value.split("@").at(-1) as string) : null,
    vouched: via.kind === "server",
    country: via.kind === "server" ? (via.input.country ?? null) : via.browser.country,
    invitedBy: inviter === null ? ("channel" as const) : ("member" as const),
    campaignId: campaign.id,
    timezone: campaign.timezone,
    campaignBeganAt: campaign.beganAt,
  };
  if (wanted.length === 0) return { ...given, ...NO_STORED_FACTS };
  const ask = factsAskOf(gate, {
    workspaceId: invite.workspaceId,
    communityId: community.id,
    campaignId: campaign.id,
    inviteId: invite.id,
    identityHash,
    timezone: campaign.timezone,
    codeHash:
      input.contactCode === undefined
        ? null
        : await hashContactCode(ports, campaign.id, identityHash, input.contactCode),
    bearer,
    order: input.order ?? null,
    now,
  });
  const stored = await findFacts(ports.db, ask);
  if (!showed) return { ...given, ...stored };
  const contact = { verifiedAt: now, expiresAt: 0, attemptsLeft: 0, wrong: false };
  return { ...given, ...stored, contact };
}

/** Facts with their digest (a keyed hash: what a person answered cannot be guessed from it), short and encrypted. */
export async function keepFacts(
  { secrets }: Ports,
  workspaceId: Id,
  facts: Facts,
): Promise<{ digest: string; sealed: string }> {
  const [mac, sealed] = await Promise.all([
    secrets.mac("facts-digest", JSON.stringify(facts)),
    secrets.seal(`facts:${workspaceId}`, JSON.stringify(shortFacts(facts))),
  ]);
  return { digest: encodeBase32(mac.subarray(0, 20)), sealed };
}

/** The facts that were kept of somebody; null when they are another installation's, or another workspace's. */
export async function openFacts(
  { secrets }: Ports,
  workspaceId: Id,
  whose: Whose,
  sealed: string,
): Promise<Facts | null> {
  const text = await secrets.unseal(`facts:${workspaceId}`, sealed);
  return text === null ? null : wholeFacts(JSON.parse(text) as Partial<Facts>, whose);
}
