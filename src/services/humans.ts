import { decodeInteger, encodeBase32, encodeInteger } from "../domain/base32.ts";
import type { Facts, HumanCheck } from "../domain/criteria/facts.ts";
import { leavesOf } from "../domain/evaluate.ts";
import type { Gate } from "../domain/gate.ts";
import { type Id, idDigits } from "../domain/id.ts";
import { type Identity, identity } from "../domain/identity.ts";
import { Problem } from "../domain/problem.ts";
import { CHALLENGE_MS, parseProof, proofHolds, typedIn } from "../domain/proof.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Arrival } from "../store/arrival.ts";
import { sameText } from "./seals.ts";

/** What a gate asks of a machine. With several leaves it is the work, and the hardest one. */
type Asked = { by: HumanCheck; difficulty: number };

const known = new WeakMap<Gate, Asked | null>();

function askedOf(gate: Gate | null): Asked | null {
  if (gate === null) return null;
  const kept = known.get(gate);
  if (kept !== undefined) return kept;
  const leaves = leavesOf(gate).filter(({ kind }) => kind === "human") as unknown as Asked[];
  const work = leaves.filter(({ by }) => by === "proof").map(({ difficulty }) => difficulty);
  const [first = null] = leaves;
  const asked = work.length === 0 ? first : { by: "proof" as const, difficulty: Math.max(...work) };
  known.set(gate, asked);
  return asked;
}

/** What a gate's form needs for its check; `text` is the challenge, or Turnstile's public key. */
export type Challenge = Asked & { text: string };

const TIME_LENGTH = 9;
const MAC_LENGTH = 20;

const macOf = async ({ secrets }: Ports, campaignId: Id, time: string): Promise<string> =>
  encodeBase32(await secrets.mac("challenge", `${idDigits(campaignId)}${time}`)).slice(0, MAC_LENGTH);

/** The challenge of a gate that asks for one; null for all others. It is stored nowhere. */
export async function challengeOf(
  ports: Ports,
  { gate, campaign }: Pick<Arrival, "gate" | "campaign">,
): Promise<Challenge | null> {
  const asked = askedOf(gate);
  if (asked === null) return null;
  if (asked.by === "turnstile") return { ...asked, text: ports.turnstile?.siteKey ?? "" };
  const time = encodeInteger(ports.now(), TIME_LENGTH);
  return { ...asked, text: time + (await macOf(ports, campaign.id, time)) };
}

/** Who was no machine when they sent their form is none later. */
export const HUMAN_BEFORE = { ok: true, code: "human_before" };

type Given = { identity: Identity; proof?: string | undefined };

const SAYS = { ok: "human_proved", wrong: "human_wrong", unavailable: "human_unavailable" } as const;

/** What the proof that came is worth at this gate; null where none came, or none is asked for. */
export async function humanOf(
  ports: Ports,
  { gate, campaign }: Pick<Arrival, "gate" | "campaign">,
  { identity, proof }: Given,
): Promise<Facts["human"]> {
  const asked = askedOf(gate);
  if (asked === null || proof === undefined) return null;
  const { by, difficulty } = asked;
  if (by === "turnstile") {
    const said = ports.turnstile === null ? "unavailable" : await ports.turnstile.verify(proof);
    return { ok: said === "ok", code: SAYS[said], by };
  }
  const code = await judgeWork(ports, campaign.id, identity, proof, difficulty);
  return { ok: code === "human_proved", code, by };
}

async function judgeWork(ports: Ports, campaignId: Id, who: Identity, text: string, difficulty: number) {
  const proof = parseProof(text);
  if (proof === null) return "human_wrong";
  const time = proof.challenge.slice(0, TIME_LENGTH);
  const genuine = sameText(await macOf(ports, campaignId, time), proof.challenge.slice(TIME_LENGTH));
  if (!genuine) return "human_wrong";
  if (ports.now() - (decodeInteger(time) ?? 0) > CHALLENGE_MS) return "human_expired";
  // What was typed is what the work was done for: it must be the identity that asks to come in.
  const meant = identity.safeParse({ type: who.type, value: typedIn(proof) ?? "" });
  if (!meant.success || meant.data.value !== who.value) return "human_wrong";
  return proofHolds(proof, who.type, difficulty) ? "human_proved" : "human_wrong";
}

/** The same for one request, however often it is judged: a token of Turnstile's is good once. */
export function humanOnce(ports: Ports, given: Given): (arrival: Arrival) => Promise<Facts["human"]> {
  let said: Promise<Facts["human"]> | undefined;
  return (arrival) => (said ??= humanOf(ports, arrival, given));
}

/** Where a gate asks for a proof, a code is sent only with one: else codes could be sent by the thousand. */
export async function demandHuman(ports: Ports, arrival: Arrival, given: Given): Promise<void> {
  if (askedOf(arrival.gate) === null) return;
  const said = await humanOf(ports, arrival, given);
  if (said?.ok !== true) {
    throw new Problem("proof_required", "This gate sends codes only with a proof that no machine asks.");
  }
}
