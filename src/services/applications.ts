import type { Touch } from "../domain/attribution.ts";
import type { Facts } from "../domain/criteria/facts.ts";
import type { Evaluation } from "../domain/evaluate.ts";
import type { Id } from "../domain/id.ts";
import type { GateInput, JoinInput } from "../domain/join.ts";
import { DEFAULT_REVIEW } from "../domain/review.ts";
import type { Locale } from "../domain/text.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Arrival } from "../store/arrival.ts";
import type { NewApplication, NewCase } from "../store/join/refuse.ts";
import type { Proved, Via } from "./join-outcome.ts";

/** What was sent, as it is kept until the gate passes: encrypted, for this installation alone. */
export type Sent = {
  /** The invite's code by which they came. */
  code: string;
  locale: Locale;
  identity: GateInput["identity"];
  proved: Proved;
} & (
  | { kind: "gate"; input: GateInput; touches: Touch[]; holder: Id | null; country: string | null }
  | { kind: "server"; input: JoinInput; keyId: Id }
);

const HOUR = 3_600_000;

const purposeOf = (workspaceId: Id) => `application:${workspaceId}`;

/** Codes and proofs are good once, and a ticket has been looked at: the next try brings none of them. */
function lasting<T extends GateInput | JoinInput>(input: T): T {
  const { contactCode: _, proof: __, ...rest } = input;
  return rest as T;
}

export async function sealSent(ports: Ports, workspaceId: Id, sent: Sent): Promise<string> {
  return ports.secrets.seal(purposeOf(workspaceId), JSON.stringify(sent));
}

/** What was sent; null when it was sealed by another installation's secret. */
export async function unsealSent(ports: Ports, workspaceId: Id, sealed: string): Promise<Sent | null> {
  const text = await ports.secrets.unseal(purposeOf(workspaceId), sealed);
  return text === null ? null : (JSON.parse(text) as Sent);
}

/** What somebody has proved on these facts. */
export const provedBy = ({ contact, human }: Facts): Proved => ({
  contact: contact !== null && contact.verifiedAt !== null,
  human: human?.ok === true,
});

/** What a join sends, to be judged again later. */
async function sentOf(arrival: Arrival, via: Via, facts: Facts, locale: Locale): Promise<Sent> {
  const proved = provedBy(facts);
  const common = { code: arrival.invite.code, locale, identity: via.input.identity, proved };
  if (via.kind === "server") {
    return { ...common, kind: "server", input: lasting(via.input), keyId: via.actor.keyId };
  }
  const [touches, holder] = await Promise.all([
    via.browser.touchesOf(arrival.campaign.id),
    via.browser.holderOf(arrival.campaign.id),
  ]);
  return {
    ...common,
    kind: "gate",
    input: lasting(via.input),
    touches,
    holder,
    country: via.browser.country,
  };
}

/** What a reviewer is shown. */
export type Evidence = {
  /** Null for a member's appeal: who is in is known by a hash alone. */
  identity: GateInput["identity"] | null;
  displayName: string | null;
  answers: GateInput["answers"];
  country: string | null;
  leaves: { criterion: string; result: string; message: string }[];
  /** The person's own words, in an appeal. */
  statement: string | null;
};

export const sealEvidence = (ports: Ports, workspaceId: Id, evidence: Evidence): Promise<string> =>
  ports.secrets.seal(`evidence:${workspaceId}`, JSON.stringify(evidence));

export async function unsealEvidence(ports: Ports, workspaceId: Id, text: string): Promise<Evidence | null> {
  const opened = await ports.secrets.unseal(`evidence:${workspaceId}`, text);
  return opened === null ? null : (JSON.parse(opened) as Evidence);
}

/**
 * What a reviewer has to decide on this evaluation. What was decided against is opened once more only where
 * the person asks for it.
 */
function casesOf({ leaves }: Evaluation, { reviews }: Facts, asked: boolean): NewCase[] {
  const queues = leaves.flatMap(({ judgement: { result, next } }) =>
    result === "pending" && next?.kind === "review" ? [next.queue] : [],
  );
  return [...new Set(queues)].flatMap((queue): NewCase[] => {
    const known = reviews.find((one) => one.queue === queue);
    if (known?.state !== "rejected") return [{ queue, tries: 1 }];
    return asked ? [{ queue, tries: known.tries + 1 }] : [];
  });
}

/**
 * What happened between the read of the facts and the batch that keeps an application nudged nobody. So each
 * new one is looked at once more, so many milliseconds later.
 */
export const SECOND_LOOK = 1000;

const soonest = (again: number | null, at: number): number => (again === null ? at : Math.min(again, at));

/** What is kept of a prospect whose gate is pending. */
export async function applicationOf(
  ports: Ports,
  arrival: Arrival,
  via: Via,
  evaluation: Evaluation,
  facts: Facts,
  locale: Locale,
): Promise<NewApplication> {
  const { workspaceId } = arrival.invite;
  const { slaHours } = arrival.campaign.settings.review ?? DEFAULT_REVIEW;
  const cases = casesOf(evaluation, facts, via.applied?.asked ?? true);
  const evidence: Evidence = {
    identity: via.input.identity,
    displayName: via.input.displayName ?? null,
    answers: via.input.answers,
    country: facts.country,
    leaves: evaluation.leaves.map(({ criterion, result, judgement }) => ({
      criterion,
      result,
      message: judgement.reason.en,
    })),
    statement: null,
  };
  return {
    sealed: await sealSent(ports, workspaceId, await sentOf(arrival, via, facts, locale)),
    vouched: via.kind !== "gate" || provedBy(facts).contact,
    holds: via.kind === "gate" ? await via.browser.applicationOf(arrival.campaign.id) : null,
    dueAt: via.applied ? evaluation.again : soonest(evaluation.again, facts.now + SECOND_LOOK),
    reviews: {
      cases,
      evidence: cases.length === 0 ? "" : await sealEvidence(ports, workspaceId, evidence),
      dueAt: facts.now + slaHours * HOUR,
    },
  };
}
