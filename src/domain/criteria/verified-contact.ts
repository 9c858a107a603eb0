import { z } from "zod";
import type { IdentityType } from "../identity.ts";
import { line } from "../shapes.ts";
import { text } from "../text.ts";
import { defineCriterion, fail, pass, pending } from "./types.ts";

/** What a one-time code can be sent to. */
export const CONTACT_TYPES = ["email", "phone"] as const;
export type ContactType = (typeof CONTACT_TYPES)[number];

const config = z.strictObject({
  kind: z.literal("verifiedContact"),
  /** Which identities will do; a code must be able to reach each of them. */
  types: z.array(z.enum(CONTACT_TYPES)).min(1).max(2).default(["email", "phone"]),
  /** A server with a key vouches for the identities that it brings. */
  trustServer: z.boolean().default(false),
  label: line(200).optional(),
});
type Config = z.output<typeof config>;

const WANTED: Record<string, ReturnType<typeof text>> = {
  email: text("an e-mail address", "邮箱"),
  phone: text("a phone number", "手机号"),
};

const wanted = (types: readonly ContactType[], locale: "en" | "zh-CN", or: string): string =>
  types.map((type) => WANTED[type]?.[locale]).join(or);

const accepts = (types: readonly ContactType[], type: IdentityType): boolean =>
  types.some((one) => one === type);

const askAnew = text("Ask for a new code.", "请重新获取验证码。");

/** Whoever typed the identity reads what is sent to it: a one-time code comes back (验证码). */
export const verifiedContact = defineCriterion<Config>({
  kind: "verifiedContact",
  summary: "A one-time code that was sent to the e-mail address or phone number came back.",
  config,
  needs: () => [{ fact: "person" }],
  demands: ({ types }) => types,
  fields: ({ label }) => [
    {
      criterion: "verifiedContact",
      name: "contactCode",
      type: "contactCode",
      label:
        label === undefined ? text("The code that was sent to you", "您收到的验证码") : text(label, label),
    },
  ],
  judge: ({ types, trustServer }, { contact, identityType, vouched, now }) => {
    if (vouched && trustServer) {
      return pass("contact_vouched", text("The organiser knows this contact.", "组织者已确认该联系方式。"));
    }
    if (!accepts(types, identityType)) {
      return fail(
        "contact_type",
        text("No code can be sent to this kind of identity.", "无法向此类账号发送验证码。"),
        text(`Use ${wanted(types, "en", " or ")}.`, `请使用${wanted(types, "zh-CN", "或")}。`),
      );
    }
    if (contact !== null && contact.verifiedAt !== null) {
      return pass("contact_verified", text("Your contact is confirmed.", "联系方式已验证。"));
    }
    if (contact === null || !contact.wrong) {
      return pending(
        "contact_unverified",
        text("Your contact is not confirmed yet.", "联系方式尚未验证。"),
        text("Ask for a code, and type it in.", "请获取验证码并填写。"),
        { next: { kind: "contactCode" } },
      );
    }
    if (contact.expiresAt <= now) {
      return fail("contact_expired", text("This code is no longer valid.", "验证码已失效。"), askAnew);
    }
    if (contact.attemptsLeft === 0) {
      return fail(
        "contact_attempts",
        text("There were too many wrong codes.", "验证码错误次数过多。"),
        askAnew,
      );
    }
    return fail(
      "contact_wrong",
      text("This is not the code that was sent.", "验证码不正确。"),
      text("Check it, or ask for a new one.", "请核对验证码，或重新获取。"),
    );
  },
});
