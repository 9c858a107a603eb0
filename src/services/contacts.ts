import { CODE_MS, type ContactInput, contactWords, digitsOf } from "../domain/contact.ts";
import { CONTACT_TYPES, type ContactType } from "../domain/criteria/verified-contact.ts";
import { leavesOf } from "../domain/evaluate.ts";
import type { Gate } from "../domain/gate.ts";
import type { Identity } from "../domain/identity.ts";
import { Problem } from "../domain/problem.ts";
import type { Locale } from "../domain/text.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Arrival } from "../store/arrival.ts";
import { keepCode } from "../store/contacts.ts";
import { arriveBy, demandOpen, ticketOf } from "./arrivals.ts";
import { fieldProblem } from "./call.ts";
import { hashContactCode } from "./gate-facts.ts";
import { demandHuman } from "./humans.ts";
import { hashIdentity } from "./identities.ts";
import { readCode } from "./invites.ts";

/** Gates are shared and frozen: what one asks for is found out once. */
const known = new WeakMap<Gate, ContactType[]>();

/** The kinds of identity that a gate sends codes to; none where it asks for none. */
function typesOf(gate: Gate | null): ContactType[] {
  if (gate === null) return [];
  const kept = known.get(gate);
  if (kept !== undefined) return kept;
  const types = leavesOf(gate).flatMap((leaf) =>
    leaf.kind === "verifiedContact" && "types" in leaf ? (leaf.types as readonly string[]) : [],
  );
  const found = CONTACT_TYPES.filter((type) => types.includes(type));
  known.set(gate, found);
  return found;
}

/** Whether a gate's form has a button that sends a code. */
export const sendsCodes = (gate: Gate | null): boolean => typesOf(gate).length > 0;

/**
 * Sends a one-time code to an identity that somebody typed at the gate. Whether one was sent is told to
 * nobody: too many are not, and what the identity is known for is of no account.
 * @throws Problem where the invite is shut, or its gate asks for no code
 */
export async function sendContactCode(
  ports: Ports,
  codeText: string,
  input: ContactInput,
  locale: Locale,
): Promise<void> {
  const arrival = await arriveBy(ports, readCode(codeText), null);
  demandOpen(ports, arrival);
  const { fault } = await ticketOf(ports, arrival, input.ticket);
  if (fault !== null) throw fault;
  await demandHuman(ports, arrival, input);
  await sendCode(ports, arrival, input.identity, locale);
}

/** The same for an arrival that is known to be open. */
export async function sendCode(
  ports: Ports,
  arrival: Arrival,
  identity: Identity,
  locale: Locale,
): Promise<void> {
  const { invite, campaign, community, gate } = arrival;
  const types = typesOf(gate);
  if (types.length === 0) throw new Problem("conflict", "This gate asks for no code.");
  const channel = types.find((type) => type === identity.type);
  const send = channel && ports.senders[channel];
  if (channel === undefined || send === undefined) {
    throw fieldProblem("/identity/type", "contact_type", `must be one of ${types.join(", ")}`);
  }
  const identityHash = await hashIdentity(ports, invite.workspaceId, identity);
  const code = newDigits(ports);
  const now = ports.now();
  const id = ports.newId();
  const kept = await keepCode(ports.db, {
    id,
    workspaceId: invite.workspaceId,
    campaignId: campaign.id,
    identityHash,
    codeHash: await hashContactCode(ports, campaign.id, identityHash, code),
    now,
    expiresAt: now + CODE_MS,
  });
  if (!kept) return;
  const message = {
    id: `msg_${id}`,
    channel,
    to: identity.value,
    code,
    locale,
    expiresAt: now + CODE_MS,
    ...contactWords(code, community.name, locale),
  };
  // After the answer, which takes as long whether or not something is sent; once more where it failed.
  ports.later(`contact ${id}`, 0, () => send(message).catch(() => send(message)));
}

function newDigits({ random }: Ports): string {
  for (;;) {
    const digits = digitsOf(random(4));
    if (digits !== null) return digits;
  }
}
