import { z } from "zod";
import { line } from "../shapes.ts";
import { text, type Text } from "../text.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, fail, pass, pending } from "./types.ts";

const config = z.strictObject({
  kind: z.literal("accessCode"),
  label: line(200).optional(),
  /**
   * Whether codes for a role do: for people whose profile has its tag. Without it they are refused, because
   * the gate does not read profiles.
   */
  role: z.boolean().optional(),
});
type Config = z.output<typeof config>;

const LABEL = text("Access code", "邀请码");
const labelOf = perConfig(({ label }: Config) => (label === undefined ? LABEL : text(label, label)));

const askForAnother = text("Ask whoever invited you for a valid code.", "请向邀请人索取有效的邀请码。");

/** The refusals: each has its own code, so that whoever asks can be helped. */
const REFUSALS = {
  code_missing: text("An access code is needed.", "需要填写邀请码。"),
  code_unknown: text("There is no such access code.", "邀请码不存在。"),
  code_revoked: text("This access code was withdrawn.", "邀请码已被撤回。"),
  code_for_another: text("This access code was made for somebody else.", "该邀请码是为他人签发的。"),
  code_for_role: text("This access code is for people with another role.", "该邀请码仅限特定角色使用。"),
  code_expired: text("This access code has expired.", "邀请码已过期。"),
  code_used_up: text("This access code has been used up.", "邀请码已用完。"),
} satisfies Record<string, Text>;

const refuse = (code: keyof typeof REFUSALS) => fail(code, REFUSALS[code], askForAnother);

const TYPE_IN = text("Type in the code that you were given.", "请填写您收到的邀请码。");
const EARLY = text("This access code is not valid yet.", "邀请码尚未生效。");
const LATER = text("Come back when the code has become valid.", "请在邀请码生效后再试。");
const ACCEPTED = text("The access code was accepted.", "邀请码有效。");

/** A targeted code (定向邀请) that the organiser handed out: limited in uses and time. */
export const accessCode = defineCriterion<Config>({
  kind: "accessCode",
  summary: "A valid access code is presented; the join uses it up once.",
  config,
  needs: ({ role }) => (role === true ? [{ fact: "person" }] : []),
  fields: (config) => [{ criterion: "accessCode", name: "accessCode", type: "text", label: labelOf(config) }],
  judge: (config, { accessCode: given, identityHash, profile, now }) => {
    if (given === null) return fail("code_missing", REFUSALS.code_missing, TYPE_IN);
    const code = given.found;
    if (code === null) return refuse("code_unknown");
    if (code.revokedAt !== null) return refuse("code_revoked");
    if (code.recipientHash !== null && code.recipientHash !== identityHash) return refuse("code_for_another");
    const hasRole =
      code.role === null || (config.role === true && profile?.tags.includes(code.role) === true);
    if (!hasRole) return refuse("code_for_role");
    if (code.expiresAt !== null && code.expiresAt <= now) return refuse("code_expired");
    if (code.uses >= code.maxUses) return refuse("code_used_up");
    if (code.startsAt !== null && code.startsAt > now) {
      const next = { kind: "wait", until: code.startsAt } as const;
      return pending("code_not_started", EARLY, LATER, { next, again: code.startsAt });
    }
    return pass("code_accepted", ACCEPTED, { accessCode: code.id });
  },
});
