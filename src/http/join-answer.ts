import { z } from "@hono/zod-openapi";
import { OUTCOMES } from "../domain/join.ts";
import { say, text, type Locale } from "../domain/text.ts";
import type { JoinResult } from "../services/joins.ts";
import { mayAppeal, type Warning } from "../services/seats.ts";
import { applicationUrl, inviteUrl, passUrl } from "./links.ts";

export const reason = z.object({
  criterion: z.string(),
  result: z.enum(["pass", "fail", "pending"]),
  message: z.string(),
  remedy: z.string().nullable(),
  code: z.string().openapi({ description: "Stable: build on this one." }),
  enough: z
    .boolean()
    .openapi({ description: "One of the fewest leaves whose change would let the person in." }),
  next: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("pay"), url: z.string().nullable(), amount: z.int(), currency: z.string() }),
      z.object({ kind: z.literal("contactCode") }),
      z.object({ kind: z.literal("proof") }),
      z.object({ kind: z.literal("review"), queue: z.string() }),
      z.object({ kind: z.literal("wait"), until: z.int().nullable() }),
    ])
    .nullable()
    .openapi({ description: "What the person can do now." }),
});

/** What `POST /i/{code}` and `POST /v1/campaigns/{id}/joins` answer. */
export const joinAnswer = z
  .object({
    outcome: z.enum(OUTCOMES),
    participant: z
      .object({
        id: z.string(),
        displayName: z.string(),
        inviterId: z.string().nullable(),
        depth: z.int(),
        joinedAt: z.string(),
      })
      .nullable(),
    group: z
      .object({
        id: z.string(),
        name: z.string(),
        carrier: z.string(),
        joinUrl: z.string().nullable(),
        qrImage: z.string().nullable().openapi({ description: "The group's QR code as a picture." }),
      })
      .nullable(),
    invite: z.object({ code: z.string(), url: z.string() }).nullable(),
    pass: z.string().nullable(),
    application: z
      .string()
      .nullable()
      .openapi({ description: "The page of somebody whose gate is pending: it moves on by itself." }),
    waitlist: z.object({ position: z.int() }).nullable(),
    code: z.string().nullable().openapi({ description: "Why the campaign is closed, where it is." }),
    fallback: z
      .array(
        z.discriminatedUnion("kind", [
          z.object({ kind: z.literal("contact"), contact: z.string() }),
          z.object({ kind: z.literal("page"), url: z.string() }),
        ]),
      )
      .openapi({ description: "What is offered to whoever found no seat." }),
    reasons: z.array(reason),
  })
  .openapi("JoinAnswer");

const CLOSED = {
  campaign_not_open: text("The campaign has not opened yet.", "活动尚未开始。"),
  campaign_paused: text("The campaign is paused.", "活动已暂停。"),
  campaign_over: text("The campaign is over.", "活动已结束。"),
  no_seats: text("All seats are taken.", "名额已满。"),
};

/** A seat's group with the address of its QR code below the person's own page, where it has one. */
export const presentSeat = <T extends { hasQrImage: boolean }>(
  { hasQrImage, ...group }: T,
  page: string | null,
) => ({ ...group, qrImage: hasQrImage && page !== null ? `${page}/group-qr` : null });

/** What a member is told who no longer passes. */
export const presentWarning = (warning: Warning, locale: Locale) => ({
  state: warning.state,
  since: new Date(warning.since).toISOString(),
  until: new Date(warning.graceUntil).toISOString(),
  reasons: warning.leaves.map(({ criterion, code, message, remedy, next }) => ({
    criterion,
    code,
    message: say(message, locale),
    remedy: remedy && say(remedy, locale),
    next,
  })),
  mayAppeal: mayAppeal(warning),
  appeal: warning.appeal && { state: warning.appeal.state, reason: warning.appeal.reason },
});

/** A join's result with its links, in the person's language. */
export function presentJoin(result: JoinResult, origin: string, locale: Locale): z.output<typeof joinAnswer> {
  const { outcome, participant, pass, waitlistPosition, closed, fallback, reasons } = result;
  return {
    outcome,
    participant: participant && {
      id: participant.id,
      displayName: participant.displayName,
      inviterId: participant.parentId,
      depth: participant.depth,
      joinedAt: new Date(participant.joinedAt).toISOString(),
    },
    group: participant?.group ? presentSeat(participant.group, pass && passUrl(origin, pass)) : null,
    invite:
      participant?.inviteCode == null
        ? null
        : { code: participant.inviteCode, url: inviteUrl(origin, participant.inviteCode) },
    pass: pass && passUrl(origin, pass),
    application: result.application && applicationUrl(origin, result.application),
    waitlist: waitlistPosition === null ? null : { position: waitlistPosition },
    code: closed,
    fallback,
    reasons:
      closed === null
        ? reasons
        : [
            {
              criterion: "campaign",
              result: "fail",
              message: say(CLOSED[closed], locale),
              remedy: null,
              code: closed,
              enough: false,
              next: null,
            },
          ],
  };
}
