import type { ReviewState } from "../domain/criteria/facts.ts";
import { Problem } from "../domain/problem.ts";
import { REMOVAL_QUEUE } from "../domain/review.ts";
import type { Ports } from "../runtime/ports.ts";
import { appealRejection, appealRemoval, type NewAppeal } from "../store/appeals.ts";
import type { Seat, Warning } from "../store/seat.ts";
import { type Evidence, sealEvidence } from "./applications.ts";
import { openApplication, type ApplicationPage } from "./reapplying.ts";
import { mayAppeal, seatOf } from "./seats.ts";

/** The refusal where there is nothing to appeal. */
export const appealRefused = (): Problem =>
  new Problem("appeal_refused", "There is no decision to appeal against, or it was appealed already.");

async function newAppeal(ports: Ports, workspaceId: string, evidence: Evidence): Promise<NewAppeal> {
  return {
    evidence: await sealEvidence(ports, workspaceId, evidence),
    entryId: ports.newId(),
    now: ports.now(),
  };
}

/** The decisions against an application that its sender may still appeal: the reasons, as the reviewers gave them. */
export const appealable = ({ application: { state, reviews } }: ApplicationPage): (string | null)[] =>
  state !== "pending" && state !== "rejected"
    ? []
    : reviews
        .filter(({ kind, queue, state, tries }) => {
          const appeal = reviews.find((one) => one.kind === "appeal" && one.queue === queue);
          return kind === "entry" && state === "rejected" && (appeal === undefined || appeal.tries < tries);
        })
        .map(({ reason }) => reason);

/** What the sender of an application can do about a decision, and what was done. */
export function standOf(page: ApplicationPage): {
  mayApply: boolean;
  mayAppeal: boolean;
  appeal: { state: ReviewState; reason: string | null } | null;
  decisionBy: number | null;
} {
  const { application, evaluation } = page;
  const again = (evaluation?.leaves ?? []).filter(({ judgement }) => judgement.code === "review_again");
  const appeals = application.reviews
    .filter(({ kind, queue }) => kind === "appeal" && queue !== REMOVAL_QUEUE)
    .sort((a, b) => b.openedAt - a.openedAt);
  const open = application.reviews.filter(({ state }) => state === "open");
  return {
    mayApply: evaluation?.result === "pending" && again.length > 0,
    mayAppeal: appealable(page).length > 0,
    appeal: appeals[0] === undefined ? null : { state: appeals[0].state, reason: appeals[0].reason },
    decisionBy: open.length === 0 ? null : Math.max(...open.map(({ dueAt }) => dueAt)),
  };
}

/**
 * The sender of an application appeals against the decision that turned it down: once a decision.
 * @throws Problem `pass_not_found`, `appeal_refused`
 */
export async function appealByApplication(ports: Ports, pass: string, statement: string): Promise<void> {
  const { application, evaluation, sent } = await openApplication(ports, pass);
  const { identity, input } = sent;
  const evidence: Evidence = {
    identity,
    displayName: input.displayName ?? null,
    answers: input.answers,
    country: sent.kind === "gate" ? sent.country : (sent.input.country ?? null),
    leaves: (evaluation?.leaves ?? []).map(({ criterion, result, judgement }) => ({
      criterion,
      result,
      message: judgement.reason.en,
    })),
    statement,
  };
  const appeal = await newAppeal(ports, application.workspaceId, evidence);
  if ((await appealRejection(ports.db, application.id, appeal)) === 0) throw appealRefused();
}

/**
 * What a member who is to be removed, or was, may appeal against.
 * @throws Problem `pass_not_found`, `appeal_refused`
 */
export async function openRemoval(
  ports: Ports,
  pass: string,
): Promise<Pick<Seat, "community"> & { warning: Warning }> {
  const { warning, community } = (await seatOf(ports, pass)).found;
  if (warning === null || !mayAppeal(warning)) throw appealRefused();
  return { warning, community };
}

/**
 * A member appeals against being removed: once since they ceased to pass.
 * @throws Problem `pass_not_found`, `appeal_refused`
 */
export async function appealByMember(ports: Ports, pass: string, statement: string): Promise<void> {
  const { id, found } = await seatOf(ports, pass);
  const { warning, participant, invite } = found;
  if (warning === null) throw appealRefused();
  const evidence: Evidence = {
    identity: null,
    displayName: participant.displayName,
    answers: {},
    country: null,
    leaves: warning.leaves.map(({ criterion, message }) => ({
      criterion,
      result: "fail",
      message: message.en,
    })),
    statement,
  };
  const appeal = await newAppeal(ports, invite.workspaceId, evidence);
  if ((await appealRemoval(ports.db, id, appeal)) === 0) throw appealRefused();
}
