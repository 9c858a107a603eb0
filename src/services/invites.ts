import type { Id } from "../domain/id.ts";
import { canonicalCode, type InviteInput, periodOf } from "../domain/invite.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import { findCampaign } from "../store/campaigns.ts";
import * as store from "../store/invites.ts";
import { type Call, demand, found, referring, tenantOf } from "./call.ts";
import { currentToken } from "./tokens.ts";
import type { Ports } from "../runtime/ports.ts";

/** An invite; one that rotates has the token of this moment and the seconds that it lasts. */
export type Invite = store.Invite & { token: string | null; periodSeconds: number | null };

async function withToken(ports: Ports, row: store.Invite): Promise<Invite> {
  const periodSeconds = periodOf(row.rotation, row.campaignRotation);
  if (periodSeconds === null) return { ...row, token: null, periodSeconds };
  const key = { version: row.tokenVersion, rotatedAt: row.tokenRotatedAt };
  const rotor = { workspaceId: row.workspaceId, inviteId: row.id, periodSeconds, key };
  return { ...row, token: await currentToken(ports, rotor), periodSeconds };
}

/** Makes a channel invite: a code for a poster, a live stream, a newsletter. */
export async function createInvite(call: Call, campaignId: Id, input: InviteInput): Promise<Invite> {
  demand(call, "write");
  const { ports } = call;
  const row = { ...input, code: ports.newCode() };
  const made = store.insertInvite(ports.db, tenantOf(call), campaignId, ports.newId(), row, ports.now());
  return withToken(ports, await referring("campaign", made));
}

export async function listInvites(
  call: Call,
  campaignId: Id,
  query: PageQuery & { kind?: "member" | "channel" | undefined },
): Promise<Page<Invite>> {
  demand(call, "read");
  const { db } = call.ports;
  const ask = askById("invite", query);
  const rows = await store.listInvites(db, tenantOf(call), campaignId, query.kind, ask);
  if (rows.length === 0) found(await findCampaign(db, tenantOf(call), campaignId), "campaign");
  const page = cutById(rows, ask);
  return { ...page, data: await Promise.all(page.data.map((row) => withToken(call.ports, row))) };
}

export async function getInvite(call: Call, id: Id): Promise<Invite> {
  demand(call, "read");
  return withToken(call.ports, found(await store.findInvite(call.ports.db, tenantOf(call), id), "invite"));
}

/** Revokes an invite for good. Revoking it again changes nothing. */
export async function revokeInvite(call: Call, id: Id): Promise<Invite> {
  demand(call, "write");
  const { db, now } = call.ports;
  return withToken(call.ports, found(await store.revokeInvite(db, tenantOf(call), id, now()), "invite"));
}

/** Gives an invite a new code. The old one dies with a message of its own; uses and people stay. */
export async function replaceInvite(call: Call, id: Id): Promise<Invite> {
  demand(call, "write");
  const { ports } = call;
  const row = await store.replaceCode(ports.db, tenantOf(call), id, ports.newCode(), ports.now());
  const invite = found(row, "invite");
  if (invite.revokedAt !== null)
    throw new Problem("invite_revoked", "The invite was revoked: make a new one.");
  return withToken(ports, invite);
}

/** The code in canonical form, or the refusal of one that cannot exist. */
export function readCode(text: string): string {
  const code = canonicalCode(text);
  if (code === null) throw unknownInvite();
  return code;
}

/** The refusal of a code that nobody issued. */
export const unknownInvite = (): Problem => new Problem("invite_not_found", "There is no such invite.");
