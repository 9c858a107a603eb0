import { attribute, type Model, packTouches, type Touch } from "../domain/attribution.ts";
import type { Id } from "../domain/id.ts";
import { canonicalCode, inviteFault } from "../domain/invite.ts";
import type { GateInput, JoinInput } from "../domain/join.ts";
import { askById, cutPage, type Page, type PageQuery } from "../domain/page.ts";
import { type FieldError, Problem } from "../domain/problem.ts";
import { type Change, type Replay, replayAttribution } from "../store/attribution.ts";
import type { Arrival, NamedInvite } from "../store/arrival.ts";
import type { JoinCredit } from "../store/join/credit.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import type { Via } from "./join-outcome.ts";

type Input = Pick<GateInput, "inviteCode"> & Pick<JoinInput, "touches">;

/** The code that somebody typed, or that stands in the link that they pasted; null when it can be none. */
function typedCode(text: string): string | null {
  const [, inLink] = /\/i\/([^/?#\s]+)/i.exec(text) ?? [];
  return canonicalCode(inLink ?? text);
}

/** The codes of other invites in a join's body: they are read together with the door's. */
export function namedCodes({ inviteCode, touches = [] }: Input): string[] {
  const typed = inviteCode === undefined ? null : typedCode(inviteCode);
  const codes = [typed, ...touches.map(({ invite }) => canonicalCode(invite))];
  return [...new Set(codes.filter((code) => code !== null))];
}

/** What a body says of the person's arrivals, and what is wrong with it. */
export type Said = { touches: Touch[]; fault: Problem | null };

/** Servers' clocks differ by so much at the most. */
const SKEW_MS = 5 * 60_000;

/**
 * The arrivals that a body names. A touch may be of an invite that has ended since, or by a code that it
 * had then; a code that is typed now must be one that lets people in now.
 */
export function saidArrivals({ named }: Pick<Arrival, "named">, input: Input, now: number): Said {
  const invites = new Map(named.map((invite) => [invite.code, invite]));
  const errors: FieldError[] = [];
  const unknown = (path: string) =>
    errors.push({ path, code: "unknown_invite_code", message: "is not the code of an invite here" });
  const touches: Touch[] = [];
  for (const [i, { invite, at }] of (input.touches ?? []).entries()) {
    const found = invites.get(canonicalCode(invite) ?? "");
    if (found === undefined) unknown(`/touches/${i}/invite`);
    else touches.push({ inviteId: found.id, at, how: "link" });
    if (at > now + SKEW_MS) {
      errors.push({ path: `/touches/${i}/at`, code: "in_the_future", message: "is in the future" });
    }
  }
  touches.sort((a, b) => a.at - b.at);
  if (input.inviteCode !== undefined) {
    const found = invites.get(typedCode(input.inviteCode) ?? "");
    if (found === undefined || !letsIn(found, now)) unknown("/inviteCode");
    else touches.push({ inviteId: found.id, at: now, how: "typed" });
  }
  const fault =
    errors.length === 0
      ? null
      : new Problem("invalid_request", "The request has fields that are wrong.", errors);
  return { touches, fault };
}

const letsIn = (invite: NamedInvite, now: number): boolean =>
  !invite.replaced && inviteFault(invite, now) === null;

/**
 * Who is to be credited with a join by this door. The browser says what it saw before, and whose pass it
 * holds; a trusted server says the first itself, and stands for no browser.
 * @param doorAt when the person opened the door's page, where that is known
 */
export async function creditOf(
  { invite, campaign }: Arrival,
  via: Via,
  said: readonly Touch[],
  doorAt: number | null,
  now: number,
): Promise<JoinCredit> {
  const rule = campaign.settings.attribution;
  const [trail, holderId] =
    via.kind === "server"
      ? [[], null]
      : await Promise.all([via.browser.touchesOf(campaign.id), via.browser.holderOf(campaign.id)]);
  const door: Touch = { inviteId: invite.id, at: doorAt ?? now, how: "link" };
  const { inviteId, touches } = attribute(rule, [...trail, ...said], door, now);
  return {
    inviteId: inviteId === invite.id ? null : inviteId,
    holderId,
    allowKnown: rule.allowKnown ?? false,
    touches: touches && packTouches(touches),
  };
}

/** Joins that one report looks at: beyond that many it would keep others waiting. */
const MAX_REPLAYED = 10_000;

type ReplayQuery = PageQuery & {
  model?: Model | undefined;
  windowDays?: number | undefined;
  before?: Id | undefined;
};

/** What other rules would make of a campaign's joins, as a report: nothing changes. */
export async function readReplay(
  call: Call,
  campaignId: Id,
  { model, windowDays, before, ...query }: ReplayQuery,
): Promise<Omit<Replay, "changes"> & { page: Page<Change> }> {
  demand(call, "read");
  const ask = askById("participant", query);
  const what = { model: model ?? null, windowDays: windowDays ?? null, before: before ?? null };
  const { changes, ...report } = found(
    await replayAttribution(call.ports.db, tenantOf(call), campaignId, what, ask, MAX_REPLAYED),
    "campaign",
  );
  return { ...report, page: cutPage(changes, ask.limit, ask.position, (row) => row.participantId) };
}
