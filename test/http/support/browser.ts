import { type Answer, request } from "../../support/api.ts";

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** What a browser shows of escaped text. */
export const unescape = (html: string): string =>
  html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] as string);

/** The attributes of every `<tag …>` of a page. */
export const tagsOf = (html: string, tag: string): Record<string, string>[] =>
  [...html.matchAll(new RegExp(`<${tag}\\b([^>]*)>`, "g"))].map(([, attributes = ""]) =>
    Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [
        name,
        unescape(value ?? ""),
      ]),
    ),
  );

/** A page's text without its tags and its style sheet. */
export const textOf = (html: string): string =>
  unescape(html.replace(/<style>.*?<\/style>/gs, "").replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();

type Init = { method?: string; headers?: Record<string, string>; body?: string };

/** A browser with its own cookies: it opens pages and sends the forms that stand on them. */
export class Browser {
  /** What it would send along, by name. */
  readonly cookies = new Map<string, string>();
  readonly #own: Record<string, string>;

  /** @param userAgent a person's, where it matters: without one it is taken for a program */
  constructor(language = "en", userAgent?: string) {
    this.#own = { "Accept-Language": language, ...(userAgent && { "User-Agent": userAgent }) };
  }

  async open(path: string, init: Init = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = {
      Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
      ...this.#own,
      ...(cookie === "" ? {} : { Cookie: cookie }),
      ...init.headers,
    };
    const answer = await request(path, { ...init, headers });
    for (const set of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = (set.split(";")[0] as string).split("=");
      if (/;\s*Max-Age=0(;|$)/i.test(set)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Sends the form of a page: what it holds already, and what the person fills in. */
  send(page: Answer, filled: Record<string, string>): Promise<Answer> {
    const [form] = tagsOf(page.text, "form");
    const hidden = tagsOf(page.text, "input").filter(({ type }) => type === "hidden");
    const body = new URLSearchParams();
    for (const { name = "", value = "" } of hidden) body.set(name, value);
    for (const [name, value] of Object.entries(filled)) body.set(name, value);
    return this.open(form?.["action"] ?? "", {
      method: form?.["method"]?.toUpperCase() ?? "GET",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: body.toString(),
    });
  }
}

/** What a person types in at a gate that asks for nothing special. */
export const filledIn = (identity: { type: string; value: string }, more: Record<string, string> = {}) => ({
  "identity.type": identity.type,
  "identity.value": identity.value,
  acknowledged: "true",
  ...more,
});
