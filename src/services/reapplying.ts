import { errorName } from "../domain/errors.ts";
import type { Facts } from "../domain/criteria/facts.ts";
import { evaluate, type Evaluation } from "../domain/evaluate.ts";
import type { Id } from "../domain/id.ts";
import { idDigits } from "../domain/id.ts";
import { canonicalCode } from "../domain/invite.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import {
  type Application,
  findApplication,
  findDueApplications,
  settleApplication,
} from "../store/applications.ts";
import type { Arrival } from "../store/arrival.ts";
import { hashAccessCode } from "./access-codes.ts";
import { readApplicationPass } from "./application-pass.ts";
import { SECOND_LOOK, type Sent, unsealSent } from "./applications.ts";
import { arriveBy } from "./arrivals.ts";
import { gatherFacts } from "./gate-facts.ts";
import { HUMAN_BEFORE } from "./humans.ts";
import type { Via } from "./join-outcome.ts";
import { joinAgain } from "./joins.ts";
import { passOf } from "./passes.ts";
import { recheckSoon } from "./rechecking.ts";

/** How an application is known again where no scan's ticket did it. */
const ticketOfApplication = ({ id, ticket }: Application): string => ticket ?? `app${idDigits(id)}`;

/** The way by which an application came, for another try. */
function viaOf(application: Application, sent: Sent, asked: boolean): Via {
  const { id, workspaceId, createdAt, dueAt } = application;
  const ticket = ticketOfApplication(application);
  const applied = { id, ticket, scannedAt: createdAt, asked, dueAt, proved: sent.proved };
  if (sent.kind === "server") {
    const actor = {
      workspaceId,
      keyId: sent.keyId,
      campaignId: null,
      scopes: ["write" as const],
      owner: false,
    };
    return { kind: "server", input: sent.input, actor, applied };
  }
  const browser = {
    holderOf: async () => sent.holder,
    touchesOf: async () => sent.touches,
    applicationOf: async () => id,
    country: sent.country,
  };
  return { kind: "gate", input: sent.input, browser, applied };
}

/** What an application's own page shows. */
export type ApplicationPage = {
  application: Application;
  /** What was sent, in the language of its page. */
  sent: Sent;
  /** How the gate stands now, until they are in. */
  evaluation: Evaluation | null;
  /** The own page of whoever is in by now. */
  pass: string | null;
};

export const unknownApplication = () => new Problem("pass_not_found", "This link is not a pass.");

/** The application under a pass. @throws Problem `pass_not_found` */
export async function applicationOfPass(ports: Ports, pass: string): Promise<Application> {
  const id = await readApplicationPass(ports, pass);
  const application = id === null ? undefined : await findApplication(ports.db, id);
  if (application === undefined) throw unknownApplication();
  return application;
}

/**
 * What the sender of an application may see. Nothing is spent: the gate is judged and not passed.
 * @throws Problem `pass_not_found`
 */
export async function openApplication(ports: Ports, pass: string): Promise<ApplicationPage> {
  const application = await applicationOfPass(ports, pass);
  const sent = await unsealSent(ports, application.workspaceId, application.sealed);
  if (sent === null) throw unknownApplication();
  const open = application.state === "pending" || application.state === "rejected";
  return {
    application,
    sent,
    evaluation: open ? await evaluationOf(ports, application, sent) : null,
    pass: application.participantId && (await passOf(ports, application.participantId)),
  };
}

/** What stands behind the invite by which an application came. */
export async function arrivalOf(ports: Ports, sent: Sent): Promise<Arrival> {
  const { accessCode } = sent.input;
  const hash = accessCode === undefined ? null : await hashAccessCode(ports, accessCode);
  return arriveBy(ports, canonicalCode(sent.code) ?? sent.code, hash);
}

/** How the gate stands for an application now. Nothing is spent, but for a code that stands in `sent`. */
export async function evaluationOf(ports: Ports, application: Application, sent: Sent): Promise<Evaluation> {
  const arrival = await arrivalOf(ports, sent);
  const via = viaOf(application, sent, true);
  const asking = {
    identityHash: application.identityHash,
    scannedAt: application.createdAt,
    applicationId: application.id,
    human: sent.proved.human ? HUMAN_BEFORE : null,
    now: ports.now(),
  };
  const bearer = { bearer: ticketOfApplication(application), showed: sent.proved.contact };
  const facts: Facts = await gatherFacts(ports, arrival, via, asking, bearer);
  return evaluate(arrival.gate, facts);
}

/** How soon somebody is judged again who would be let in, but for a campaign that takes nobody now. */
const CLOSED_MS = 10 * 60_000;

/** Judges an application again, and lets its sender in if the gate passes by now. `asked`: they want it. */
async function judgeAgain(ports: Ports, application: Application, asked: boolean): Promise<void> {
  const sent = await unsealSent(ports, application.workspaceId, application.sealed);
  if (sent === null) return settleApplication(ports.db, application, null);
  let next: number | null = null;
  try {
    const via = viaOf(application, sent, asked);
    const { closed } = await joinAgain(ports, sent.code, via, application.campaignId, sent.locale);
    if (closed !== null && closed !== "campaign_over") next = ports.now() + CLOSED_MS;
  } catch (error) {
    // The invite takes nobody now: whoever looks at the page is told, and may try again.
    if (!(error instanceof Problem) || error.code === "busy") throw error;
  }
  await settleApplication(ports.db, application, next);
}

/** Judges an application again that is due. */
async function reapply(ports: Ports, id: Id): Promise<void> {
  const application = await findApplication(ports.db, id);
  if (application?.state === "pending") await judgeAgain(ports, application, false);
  else if (application !== undefined) await settleApplication(ports.db, application, null);
}

/**
 * The sender asks to be looked at again, from their page: after a rejection too, where they may apply anew.
 * @throws Problem `pass_not_found`
 */
export async function reapplyByPass(ports: Ports, pass: string): Promise<void> {
  const application = await applicationOfPass(ports, pass);
  const { state } = application;
  if (state === "pending" || state === "rejected") await judgeAgain(ports, application, true);
}

/** Applications that one run looks at. */
const PAGE = 50;

/** Judges again whatever is due: by the clock, or because something happened. For all tenants. */
export async function keepApplications(ports: Ports): Promise<void> {
  for (let rounds = 0; rounds < 20; rounds++) {
    const ids = await findDueApplications(ports.db, ports.now(), PAGE);
    for (const id of ids) {
      try {
        await reapply(ports, id);
      } catch (error) {
        ports.log.error("job", { job: "applications", application: id, name: errorName(error) });
      }
    }
    if (ids.length < PAGE) return;
  }
}

/** The look at a new application that comes in any case, once what raced with it is written. See `SECOND_LOOK`. */
export const lookOnceMore = (ports: Ports, pass: string): void =>
  ports.later(`application ${pass}`, SECOND_LOOK, async () => {
    const id = await readApplicationPass(ports, pass);
    if (id !== null) await reapply(ports, id);
  });

/** Looks at who is due soon after a write that touched somebody's gate, outside and in. The jobs come by in any case. */
export function lookAgainSoon(ports: Ports): void {
  ports.later("applications", 50, () => keepApplications(ports));
  recheckSoon(ports);
}
