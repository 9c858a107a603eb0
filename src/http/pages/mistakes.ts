import { IDENTITY_TYPES, type IdentityType } from "../../domain/identity.ts";
import type { FieldError } from "../../domain/problem.ts";
import { type Locale, say, text, type Text } from "../../domain/text.ts";

/** What is said at each field of the gate's form that is wrong, by the field's name. */
export type Mistakes = ReadonlyMap<string, string>;

/** How an identity of each type is written, for somebody who wrote it otherwise. */
const IDENTITY: Record<IdentityType, Text> = {
  email: text(
    "This is not a whole e-mail address. It looks like name@example.com.",
    "邮箱地址有误，格式如 name@example.com。",
  ),
  phone: text(
    "This is not a phone number. Begin with + and the country code, such as +44 20 7946 0958.",
    "手机号有误，请填写 11 位手机号；其他国家或地区的号码请以 + 和区号开头，如 +852 5123 4567。",
  ),
  wechat: text(
    "This is not a WeChat ID. It has at least 5 letters, digits, hyphens or underscores; it is not the nickname.",
    "微信号有误，应为至少 5 位的字母、数字、减号或下划线；请填写微信号，而不是昵称。",
  ),
  telegram: text(
    "This is not a Telegram username. It has at least 4 letters, digits or underscores, such as @name.",
    "Telegram 用户名有误，应为至少 4 位的字母、数字或下划线，如 @name。",
  ),
  discord: text(
    "This is not a Discord username. It has at least 2 small letters, digits, dots or underscores.",
    "Discord 用户名有误，应为至少 2 位的小写字母、数字、点或下划线。",
  ),
  wecom: text(
    "This is not a WeCom ID. It has letters, digits, dots, hyphens, underscores or @, and at most 64 of them.",
    "企业微信账号有误，应为不超过 64 位的字母、数字、点、减号、下划线或 @。",
  ),
  custom: text(
    "This cannot be taken. It may have up to 200 characters, in one line.",
    "内容有误，应为一行、不超过 200 个字符。",
  ),
};

const EMPTY = text("Please fill this in.", "请填写此项。");
const OTHERS: Record<string, Text> = {
  displayName: text("A name may have up to 40 characters, in one line.", "名称应为一行、不超过 40 个字符。"),
  accessCode: text("This is too long for such a code.", "邀请码过长，请检查。"),
  inviteCode: text(
    "No open invite has this code. Check it, or leave this empty.",
    "没有找到有效的推荐码，请检查，或留空不填。",
  ),
  recoveryCode: text("This is too long for such a code.", "找回码过长，请检查。"),
};
const ANY = text("This cannot be taken as it is. Please check it.", "此项有误，请检查。");

/** Each fault of a form in words, at the field that stands on the page. */
export function mistakesIn(errors: readonly FieldError[], typed: URLSearchParams, locale: Locale): Mistakes {
  const mistakes = new Map<string, string>();
  for (const { path } of errors) {
    const field = path.slice(1).replace(/\//g, ".");
    const name = field === "identity" || field === "identity.type" ? "identity.value" : field;
    if (!mistakes.has(name)) mistakes.set(name, say(mistakeAt(name, typed), locale));
  }
  return mistakes;
}

function mistakeAt(name: string, typed: URLSearchParams): Text {
  if (name !== "identity.value") return OTHERS[name] ?? ANY;
  if (!typed.get(name)?.trim()) return EMPTY;
  const type = IDENTITY_TYPES.find((one) => one === typed.get("identity.type"));
  return type === undefined ? ANY : IDENTITY[type];
}
