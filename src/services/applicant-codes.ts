import type { Evaluation } from "../domain/evaluate.ts";
import type { Locale } from "../domain/text.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Application } from "../store/applications.ts";
import { type Sent, unsealSent } from "./applications.ts";
import { demandOpen } from "./arrivals.ts";
import { sendCode } from "./contacts.ts";
import {
  applicationOfPass,
  arrivalOf,
  evaluationOf,
  reapplyByPass,
  unknownApplication,
} from "./reapplying.ts";

async function openSent(ports: Ports, pass: string): Promise<{ application: Application; sent: Sent }> {
  const application = await applicationOfPass(ports, pass);
  const sent = await unsealSent(ports, application.workspaceId, application.sealed);
  if (sent === null) throw unknownApplication();
  return { application, sent };
}

/**
 * Sends a code to the identity of a pending application, for its own sender.
 * @throws Problem `pass_not_found`; `conflict` where the gate asks for no code; others where it is shut
 */
export async function sendCodeByPass(ports: Ports, pass: string, locale: Locale): Promise<void> {
  const { application, sent } = await openSent(ports, pass);
  if (application.state !== "pending") return;
  const arrival = await arrivalOf(ports, sent);
  demandOpen(ports, arrival);
  await sendCode(ports, arrival, sent.identity, locale);
}

/**
 * The sender of an application types in a code. The right one counts from now on, and the gate is judged
 * again; for a wrong one it is not, or it would turn them away for good.
 * @returns how the gate stands with the wrong code; null for the right one
 */
export async function tryCodeByPass(
  ports: Ports,
  pass: string,
  contactCode: string,
): Promise<Evaluation | null> {
  const { application, sent } = await openSent(ports, pass);
  if (application.state !== "pending") return null;
  const withCode = { ...sent, input: { ...sent.input, contactCode } } as Sent;
  const evaluation = await evaluationOf(ports, application, withCode);
  const right = evaluation.leaves.some(
    ({ criterion, judgement }) => criterion === "verifiedContact" && judgement.result === "pass",
  );
  if (!right) return evaluation;
  await reapplyByPass(ports, pass);
  return null;
}
