import type { Context } from "hono";
import type { Locale } from "../../domain/text.ts";
import { toDataUrl } from "../../services/pictures/data-url.ts";
import type { Env } from "../env.ts";
import { imageResponse } from "../image-response.ts";
import { PosterPage, SCRIPT } from "./page.tsx";
import { printed } from "./printed.ts";

type Drawn = { svg: string; poster: { code: string }; locale: Locale };

/** The page may run its own script and nothing else. */
async function policy(): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(SCRIPT)));
  const hash = btoa(String.fromCharCode(...digest));
  return `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/** A poster as a page that draws it. */
export async function posterPage(c: Context<Env>, { svg, poster, locale }: Drawn): Promise<Response> {
  const svgUrl = toDataUrl("image/svg+xml", new TextEncoder().encode(svg));
  const headers = { "Content-Security-Policy": await policy() };
  const answer = { type: "text/html; charset=utf-8", caching: "private, max-age=300", headers };
  return imageResponse(c, [svg, locale, SCRIPT], answer, () =>
    printed(<PosterPage svgUrl={svgUrl} name={`poster-${poster.code}`} locale={locale} />),
  );
}
