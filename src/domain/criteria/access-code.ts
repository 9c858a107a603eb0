import { z } from "zod";
import { line } from "../shapes.ts";
import { text, type Text } from "../text.ts";
import { defineCriterion, type Judgement } from "./types.ts";

const refuse = (code: string, reason: Text, remedy: Text): Judgement => ({
  result: "fail",
  code,
  reason,
  remedy,
});

const askForAnother = text("Ask whoever invited you for a valid code.", "请向邀请人索取有效的邀请码。");

/** A targeted code (定向邀请) that the organiser handed out: limited in uses and time. */
export const accessCode = defineCriterion({
  kind: "accessCode",
  summary: "A valid access code is presented; the join uses it up once.",
  config: z.strictObject({ kind: z.literal("accessCode"), label: line(200).optional() }),
  fields: ({ label }) => [
    {
      criterion: "accessCode",
      name: "accessCode",
      type: "text",
      label: label === undefined ? text("Access code", "邀请码") : text(label, label),
    },
  ],
  judge: (_config, { accessCode: given, identityHash, now }) => {
    if (given === null) {
      return refuse(
        "code_missing",
        text("An access code is needed.", "需要填写邀请码。"),
        text("Type in the code that you were given.", "请填写您收到的邀请码。"),
      );
    }
    const code = given.found;
    if (code === null) {
      return refuse("code_unknown", text("There is no such access code.", "邀请码不存在。"), askForAnother);
    }
    if (code.revokedAt !== null) {
      return refuse(
        "code_revoked",
        text("This access code was withdrawn.", "邀请码已被撤回。"),
        askForAnother,
      );
    }
    if (code.recipientHash !== null && code.recipientHash !== identityHash) {
      return refuse(
        "code_for_another",
        text("This access code was made for somebody else.", "该邀请码是为他人签发的。"),
        askForAnother,
      );
    }
    if (code.expiresAt !== null && code.expiresAt <= now) {
      return refuse("code_expired", text("This access code has expired.", "邀请码已过期。"), askForAnother);
    }
    if (code.uses >= code.maxUses) {
      return refuse(
        "code_used_up",
        text("This access code has been used up.", "邀请码已用完。"),
        askForAnother,
      );
    }
    if (code.startsAt !== null && code.startsAt > now) {
      return {
        result: "pending",
        code: "code_not_started",
        reason: text("This access code is not valid yet.", "邀请码尚未生效。"),
        remedy: text("Come back when the code has become valid.", "请在邀请码生效后再试。"),
        next: { kind: "wait", until: code.startsAt },
        again: code.startsAt,
      };
    }
    return {
      result: "pass",
      code: "code_accepted",
      reason: text("The access code was accepted.", "邀请码有效。"),
      remedy: null,
      spend: { accessCode: code.id },
    };
  },
});
