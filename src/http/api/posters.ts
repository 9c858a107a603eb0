import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Id } from "../../domain/id.ts";
import { type PosterStyle, posterQuery } from "../../domain/poster.ts";
import { Problem } from "../../domain/problem.ts";
import { type Locale, pickLocale } from "../../domain/text.ts";
import { getPoster, type Poster } from "../../services/posters.ts";
import { callOf, type Env, originOf } from "../env.ts";
import { imageResponse } from "../image-response.ts";
import { inviteQrText, inviteUrl } from "../links.ts";
import { posterPage } from "../poster/page-response.tsx";
import { posterSvg } from "../poster/poster.tsx";
import { fitLogo } from "../qr/logo.ts";
import { idParam, route, router } from "./route.ts";

const TYPES = { svg: "image/svg+xml", png: "image/png", html: "text/html; charset=utf-8" } as const;
const CACHING = "private, max-age=300";

const SUMMARIES = {
  svg: "The invite's poster as SVG, on every host",
  png: "The invite's poster as PNG, where the host can draw one (Node)",
  html: "A page that draws the poster as PNG in a browser; it can be saved and opened later",
} as const;

type Drawn = { svg: string; poster: Poster; locale: Locale };

async function draw(c: Context<Env>, id: Id, style: PosterStyle): Promise<Drawn> {
  const poster = await getPoster(callOf(c), id);
  const locale = style.lang === undefined ? (poster.locale ?? "en") : pickLocale(style.lang);
  const qrText = inviteQrText(originOf(c), poster.code);
  const url = inviteUrl(originOf(c), poster.code);
  const logo = style.logo === "1" ? await fitLogo(qrText, { ...style, margin: 4 }, poster.logo) : null;
  return { svg: posterSvg({ poster, locale, style, qrText, url, logo }), poster, locale };
}

const ANSWERS = {
  svg: (c: Context<Env>, { svg }: Drawn) =>
    imageResponse(c, [svg], { type: TYPES.svg, caching: CACHING }, () => svg),
  png: (c: Context<Env>, { svg }: Drawn, { width }: PosterStyle) => {
    const { rasterise } = c.get("ports");
    if (rasterise === null) {
      throw new Problem(
        "not_available_here",
        "This host cannot draw a PNG of a poster: take poster.svg, or open poster.html, which draws it in a browser.",
      );
    }
    return imageResponse(c, [svg, "resvg"], { type: TYPES.png, caching: CACHING }, () =>
      rasterise(svg, width),
    );
  },
  html: posterPage,
};

/** Posters of invites, for print. */
export const posters = router();

for (const format of ["svg", "png", "html"] as const) {
  posters.openapi(
    route("read", {
      method: "get",
      path: `/invites/{id}/poster.${format}`,
      tags: ["Invites"],
      summary: SUMMARIES[format],
      request: { params: idParam("invite"), query: posterQuery },
      responses: {
        200: {
          description: "The poster, 720 × 1280 unless `width` says otherwise",
          content: {
            [TYPES[format].split(";")[0] as string]: { schema: z.string().openapi({ format: "binary" }) },
          },
        },
      },
    }),
    async (c) => {
      const style = c.req.valid("query");
      return (await ANSWERS[format](c, await draw(c, c.req.valid("param").id, style), style)) as never;
    },
  );
}
