import type { Id } from "../domain/id.ts";
import { canonicalCode, type InviteInput } from "../domain/invite.ts";
import { askById, cutPage, type Page } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import { findCampaign } from "../store/campaigns.ts";
import * as store from "../store/invites.ts";
import { type Call, demand, found, referring, tenantOf } from "./call.ts";
import { newCode } from "./codes.ts";

export type Invite = store.Invite;

/** Makes a channel invite: a code for a poster, a live stream, a newsletter. */
export function createInvite(call: Call, campaignId: Id, input: InviteInput): Promise<store.Invite> {
  demand(call, "write");
  const { ports } = call;
  const row = { ...input, code: newCode(ports) };
  return referring(
    "campaign",
    store.insertInvite(ports.db, tenantOf(call), campaignId, ports.newId(), row, ports.now()),
  );
}

export async function listInvites(
  call: Call,
  campaignId: Id,
  query: { limit: number; cursor?: string | undefined; kind?: "member" | "channel" | undefined },
): Promise<Page<store.Invite>> {
  demand(call, "read");
  const { db } = call.ports;
  const ask = askById("invite", query);
  const rows = await store.listInvites(db, tenantOf(call), campaignId, query.kind, ask);
  if (rows.length === 0) found(await findCampaign(db, tenantOf(call), campaignId), "campaign");
  return cutPage(rows, ask.limit, ask.position, (row) => row.id);
}

export async function getInvite(call: Call, id: Id): Promise<store.Invite> {
  demand(call, "read");
  return found(await store.findInvite(call.ports.db, tenantOf(call), id), "invite");
}

/** Revokes an invite for good. Revoking it again changes nothing. */
export async function revokeInvite(call: Call, id: Id): Promise<store.Invite> {
  demand(call, "write");
  const { db, now } = call.ports;
  return found(await store.revokeInvite(db, tenantOf(call), id, now()), "invite");
}

/** The code in canonical form, or the refusal of one that cannot exist. */
export function readCode(text: string): string {
  const code = canonicalCode(text);
  if (code === null) throw unknownInvite();
  return code;
}

/** The refusal of a code that nobody issued. */
export const unknownInvite = (): Problem => new Problem("invite_not_found", "There is no such invite.");
