import { z } from "zod";
import { isDisposable } from "../disposable.ts";
import { text } from "../text.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, fail, pass } from "./types.ts";

/** A domain as mail servers know it: small ASCII letters, `xn--` where it was written in others; null for none. */
function asciiOf(domain: string): string | null {
  if (/^[a-z0-9.-]+$/.test(domain)) return domain;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}

/** A domain, or `*.` and what all of its subdomains end in. */
const pattern = z
  .string()
  .trim()
  .toLowerCase()
  .max(255)
  .refine((value) => {
    const domain = value.replace(/^\*\./, "");
    return /^[^\s/:@?#*\\[\]]+$/.test(domain) && /^([a-z0-9-]+\.)*[a-z0-9-]+$/.test(asciiOf(domain) ?? "");
  }, "is neither a domain nor one such as *.edu.cn");

const config = z
  .strictObject({
    kind: z.literal("emailDomain"),
    /** Only addresses of these come in; `*.edu.cn` is every domain below `edu.cn`. */
    allow: z.array(pattern).min(1).max(500).optional(),
    /** None of these come in. */
    deny: z.array(pattern).min(1).max(500).optional(),
    /** Whether addresses may come in that are thrown away after use. */
    disposable: z.boolean().default(false),
  })
  .refine(({ allow, deny, disposable }) => allow ?? deny ?? !disposable, {
    path: ["disposable"],
    message: "asks nothing: name domains to allow or to deny",
  });
type Config = z.output<typeof config>;

/** Whole domains, and the ends of those that a wildcard stands for. */
function bookOf(patterns: readonly string[]): ReadonlySet<string> {
  return new Set(
    patterns.map((one) => (one.startsWith("*.") ? `.${asciiOf(one.slice(2)) ?? ""}` : (asciiOf(one) ?? one))),
  );
}

function has(book: ReadonlySet<string>, domain: string): boolean {
  if (book.has(domain)) return true;
  for (let dot = domain.indexOf("."); dot !== -1; dot = domain.indexOf(".", dot + 1)) {
    if (book.has(domain.slice(dot))) return true;
  }
  return false;
}

const made = perConfig(({ allow, deny }: Config) => ({
  allowed: allow === undefined ? null : bookOf(allow),
  denied: bookOf(deny ?? []),
}));

const FITS = text("The e-mail address will do.", "邮箱符合要求。");
const NO_EMAIL = text("An e-mail address is needed.", "需要使用邮箱。");
const COME_WITH_ONE = text("Come with your e-mail address.", "请使用邮箱作为身份。");
const NOT_ALLOWED = text("E-mail addresses of this domain do not come in.", "不接受该邮箱域名。");
const TAKE_OTHER = text("Come with an address of your school or company.", "请使用学校或公司邮箱。");
const DISPOSABLE = text("This e-mail address is thrown away after use.", "不接受一次性邮箱。");
const TAKE_LASTING = text("Come with an address that you keep.", "请使用常用邮箱。");

/** Of which domains an e-mail address may be: a school's, a company's, and none that is thrown away. */
export const emailDomain = defineCriterion<Config>({
  kind: "emailDomain",
  summary: "The e-mail address is of an allowed domain, of no denied one, and not a disposable one.",
  config,
  fields: () => [],
  judge: (config, { emailDomain: given }) => {
    if (given === null) return fail("email_needed", NO_EMAIL, COME_WITH_ONE);
    const domain = asciiOf(given);
    const { allowed, denied } = made(config);
    const isAllowed = domain !== null && (allowed === null || has(allowed, domain)) && !has(denied, domain);
    if (!isAllowed) return fail("email_domain_refused", NOT_ALLOWED, TAKE_OTHER);
    if (!config.disposable && isDisposable(domain)) {
      return fail("email_disposable", DISPOSABLE, TAKE_LASTING);
    }
    return pass("email_domain_fits", FITS);
  },
});
