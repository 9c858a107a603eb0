import { z } from "zod";
import { text, type Text } from "./text.ts";

export const IDENTITY_TYPES = ["email", "phone", "telegram", "discord", "wechat", "wecom", "custom"] as const;
export type IdentityType = (typeof IDENTITY_TYPES)[number];

/** What people call them. */
export const IDENTITIES: Record<IdentityType, Text> = {
  email: text("E-mail", "邮箱"),
  phone: text("Phone", "手机号"),
  wechat: text("WeChat ID", "微信号"),
  telegram: text("Telegram", "Telegram"),
  discord: text("Discord", "Discord"),
  wecom: text("WeCom ID", "企业微信"),
  custom: text("Other", "其他"),
};

/** One normal form a person: the same address typed in two ways is the same identity. */
const NORMAL: Record<IdentityType, (value: string) => string | null> = {
  email: (value) => {
    const lower = value.toLowerCase();
    return /^[^\s@<>"',;:]{1,64}@[^\s@<>"',;:]{1,255}$/.test(lower) &&
      z.email({ pattern: z.regexes.unicodeEmail }).safeParse(lower).success
      ? lower
      : null;
  },
  phone: (value) => {
    const digits = value.replace(/[\s().-]/g, "").replace(/^00/, "+");
    // Eleven digits that start with 1 are a mobile number in mainland China.
    if (/^1[3-9]\d{9}$/.test(digits)) return `+86${digits}`;
    return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : null;
  },
  telegram: (value) => handle(value, /^@?(\d{1,20}|[a-z][a-z0-9_]{3,31})$/i),
  discord: (value) => handle(value, /^@?(\d{15,21}|[a-z0-9._]{2,32})$/i),
  wechat: (value) => handle(value, /^([a-zA-Z0-9_-]{5,64})$/, false),
  wecom: (value) => handle(value, /^([a-zA-Z0-9_.@-]{1,64})$/),
  custom: (value) => (value.length <= 200 ? value : null),
};

function handle(value: string, pattern: RegExp, fold = true): string | null {
  const match = pattern.exec(value)?.[1];
  return match === undefined ? null : fold ? match.toLowerCase() : match;
}

/** `{ type, value }`, the value in its normal form. */
export const identity = z
  .strictObject({ type: z.enum(IDENTITY_TYPES), value: z.string().min(1).max(320) })
  .transform((given, context) => {
    const tidy = given.value.normalize("NFKC").trim();
    const clean = tidy !== "" && !/[\u0000-\u001f\u007f]/.test(tidy) && tidy.isWellFormed();
    const value = clean ? NORMAL[given.type](tidy) : null;
    if (value !== null) return { type: given.type, value };
    context.addIssue({ code: "custom", path: ["value"], message: `is not a valid ${given.type} identity` });
    return z.NEVER;
  });
export type Identity = z.output<typeof identity>;
