import { type ClosedCode, closedBecause } from "../domain/campaign.ts";
import type { Id } from "../domain/id.ts";
import { inviteFault, periodOf } from "../domain/invite.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import { GRACE_STEPS, stepAt, stepStart } from "../domain/token.ts";
import type { Ports } from "../runtime/ports.ts";
import * as store from "../store/displays.ts";
import { findInvite } from "../store/invites.ts";
import { type Call, demand, found, referring, tenantOf } from "./call.ts";
import { seal, unseal } from "./seals.ts";
import { tokenOf } from "./tokens.ts";

/** A display with the seal that its link carries. */
export type Display = store.Display & { seal: string };

const sealed = async (ports: Ports, row: store.Display): Promise<Display> => ({
  ...row,
  seal: await seal(ports, "display", row.id),
});

/** Makes a screen for a rotating invite. Many screens may show one invite; none disturbs another. */
export async function createDisplay(call: Call, inviteId: Id, label: string | null): Promise<Display> {
  demand(call, "write");
  const { ports } = call;
  const invite = found(await findInvite(ports.db, tenantOf(call), inviteId), "invite");
  if (periodOf(invite.rotation, invite.campaignRotation) === null) {
    throw new Problem("not_rotating", "Only a rotating invite has screens: print the code of a static one.");
  }
  const made = store.insertDisplay(ports.db, tenantOf(call), inviteId, ports.newId(), label, ports.now());
  return sealed(ports, await referring("invite", made));
}

export async function listDisplays(call: Call, inviteId: Id, query: PageQuery): Promise<Page<Display>> {
  // The links are in the answer, and they show codes.
  demand(call, "write");
  const { ports } = call;
  const ask = askById("display", query);
  const rows = await store.listDisplays(ports.db, tenantOf(call), inviteId, ask);
  if (rows.length === 0) found(await findInvite(ports.db, tenantOf(call), inviteId), "invite");
  const page = cutById(rows, ask);
  return { ...page, data: await Promise.all(page.data.map((row) => sealed(ports, row))) };
}

/** Revokes a screen for good. Revoking it again changes nothing. */
export async function revokeDisplay(call: Call, id: Id): Promise<Display> {
  demand(call, "write");
  const { ports } = call;
  const row = await store.revokeDisplay(ports.db, tenantOf(call), id, ports.now());
  return sealed(ports, found(row, "display"));
}

/** Steps ahead that a screen is given, so that it lives through a short loss of the network. */
const STEPS_AHEAD = 3;

/** How often a living screen is noted, in milliseconds. */
const TOUCH_MS = 60_000;

/** A code that a screen shows from `from` on; scanned before `until`, it is good. */
export type ScreenCode = { token: string; from: number; until: number };

export type ScreenState = {
  screen: store.Screen;
  now: number;
  periodSeconds: number;
  codes: ScreenCode[];
  /** Why nobody gets in right now; null when the door is open. */
  closed: ClosedCode | NonNullable<ReturnType<typeof inviteFault>> | null;
};

/**
 * What a screen shows: the code of this step and the next ones. No seed is in it, and each code is
 * refused before its time.
 * @param alive whether a screen asks, which is noted; a preview of its link is none
 * @throws Problem `display_not_found`, `not_rotating`
 */
export async function openScreen(ports: Ports, sealText: string, alive = true): Promise<ScreenState> {
  const id = await unseal(ports, "display", sealText);
  const now = ports.now();
  const screen = id === null ? undefined : await store.findScreen(ports.db, id, now);
  if (id === null || screen === undefined || screen.revokedAt !== null) {
    throw new Problem("display_not_found", "This screen does not exist or is no longer in use.");
  }
  const { invite, campaign, tokenKey } = screen;
  const periodSeconds = periodOf(invite.rotation, campaign.rotation);
  if (periodSeconds === null)
    throw new Problem("not_rotating", "The invite of this screen no longer rotates.");
  if (alive && (screen.lastSeenAt === null || now - screen.lastSeenAt >= TOUCH_MS))
    await store.touchDisplay(ports.db, id, now);
  const rotor = { workspaceId: invite.workspaceId, inviteId: invite.id, periodSeconds, key: tokenKey };
  const first = stepAt(now, periodSeconds);
  const codes = await Promise.all(
    Array.from({ length: 1 + STEPS_AHEAD }, async (_, i) => ({
      token: await tokenOf(ports, rotor, first + i),
      from: stepStart(first + i, periodSeconds),
      until: stepStart(first + i + 1 + GRACE_STEPS, periodSeconds),
    })),
  );
  const closed = closedBecause(campaign, now) ?? inviteFault(invite, now);
  return { screen, now, periodSeconds, codes: closed === null ? codes : [], closed };
}
