import { z } from "zod";
import { type CheckState, DEFAULT_RECHECK } from "../domain/elimination.ts";
import type { Id } from "../domain/id.ts";
import { askById, cutPage, type Page, type PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import { instant, line } from "../domain/shapes.ts";
import { findCampaign } from "../store/campaigns.ts";
import { findCheckOf } from "../store/checks/due.ts";
import * as store from "../store/checks/list.ts";
import { type Call, demand, fieldProblem, found, tenantOf } from "./call.ts";
import { move, recheckSoon } from "./rechecking.ts";

export type MemberCheck = store.MemberCheck;

const HOUR = 3_600_000;

/** Until when a member is spared, null for no longer, and why. */
export const exemptInput = z.strictObject({ until: instant.nullable(), cause: line(300) });

/** Why a member on the removal queue is removed, in an operator's words. */
export const removeDueInput = z.strictObject({ cause: line(300) });

/** A page of a campaign's members in one state of the re-check, such as the removal queue. */
export async function listChecks(
  call: Call,
  campaignId: Id,
  { state, ...query }: PageQuery & { state: CheckState },
): Promise<Page<MemberCheck>> {
  demand(call, "read");
  const { db } = call.ports;
  const tenant = tenantOf(call);
  const ask = askById("participant", query);
  const rows = await store.listChecks(db, tenant, campaignId, state, ask);
  if (rows.length === 0) found(await findCampaign(db, tenant, campaignId), "campaign");
  return cutPage(rows, ask.limit, ask.position, (row) => row.participantId);
}

/** How a member stands; not found where their gate has nothing that is judged again. */
export async function getCheck(call: Call, participantId: Id): Promise<MemberCheck> {
  demand(call, "read");
  return checkOf(call, participantId);
}

/** Spares a member until an instant, whatever their gate says; null ends that. They are judged again at once. */
export async function exemptMember(
  call: Call,
  participantId: Id,
  { until, cause }: z.output<typeof exemptInput>,
): Promise<MemberCheck> {
  demand(call, "write");
  const { ports, actor } = call;
  const at = ports.now();
  if (until !== null && until <= at) throw fieldProblem("/until", "in_the_past", "must be in the future");
  const deed = { actor: actor.keyId, cause, id: ports.newId(), at };
  await store.exempt(ports.db, tenantOf(call), participantId, until, deed);
  recheckSoon(ports);
  return checkOf(call, participantId);
}

/**
 * Removes a member who is on the removal queue, by the campaign's rules: the credit goes or stays as they say, and
 * the member comes back by passing again. Done twice it changes nothing.
 * @throws Problem `invalid_transition` for somebody who is not on the queue
 */
export async function removeDue(
  call: Call,
  participantId: Id,
  { cause }: z.output<typeof removeDueInput>,
): Promise<MemberCheck> {
  demand(call, "write");
  const { ports, actor } = call;
  const tenant = tenantOf(call);
  const due = found(await findCheckOf(ports.db, tenant, participantId), "check");
  if (due.state === "due") {
    const at = ports.now();
    const { everyHours } = due.rules ?? DEFAULT_RECHECK;
    const { since, graceUntil } = due;
    const dueAt = at + everyHours * HOUR;
    const step = { state: "removed" as const, since, graceUntil, dueAt, deed: "removed" as const };
    const by = { actor: actor.keyId, at, id: ports.newId() };
    await move(ports, { due, step, leaves: null, cause, data: {} }, by);
  }
  const after = await checkOf(call, participantId);
  if (after.state === "removed") return after;
  throw new Problem("invalid_transition", "The member is not on the removal queue.");
}

const checkOf = async (call: Call, participantId: Id): Promise<MemberCheck> =>
  found(await store.findCheck(call.ports.db, tenantOf(call), participantId), "check");
