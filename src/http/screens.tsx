import { Hono } from "hono";
import { encodeBase32 } from "../domain/base32.ts";
import { qrQuery } from "../domain/qr.ts";
import { openScreen, type ScreenState } from "../services/displays.ts";
import { type Env, originOf } from "./env.ts";
import { inviteQrText } from "./links.ts";
import { localeOf, PAGE_HEADERS, wantsJson } from "./negotiate.ts";
import { ScreenPage } from "./pages/screen.tsx";
import { qrSvg } from "./qr.ts";

/** Screens for a host to project. The link is the key; it can be revoked. */
export const screens = new Hono<Env>();

screens.get("/screen/:display", async (c) => {
  const ports = c.get("ports");
  const asked = wantsJson(c);
  const state = await openScreen(ports, c.req.param("display"), asked && c.req.method === "GET");
  if (asked) return c.json(presentScreen(state, originOf(c)), 200, { "Cache-Control": "no-store" });
  const nonce = encodeBase32(ports.random(10));
  return c.html(
    <ScreenPage
      locale={c.req.query("lang") ? localeOf(c) : (state.screen.community.locale ?? localeOf(c))}
      nonce={nonce}
    />,
    200,
    {
      ...PAGE_HEADERS,
      "Content-Security-Policy": `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'`,
    },
  );
});

/** A wide quiet zone and level M: screens are large and seen from afar. */
const STYLE = qrQuery.parse({ size: 1024, level: "M" });

const presentScreen = ({ screen, now, periodSeconds, codes, closed }: ScreenState, origin: string) => ({
  now,
  periodSeconds,
  closed,
  community: screen.community.name,
  campaign: screen.campaign.name,
  group: screen.groupName,
  seatsLeft: screen.seatsLeft,
  joined: screen.joined,
  codes: codes.map(({ token, from, until }) => {
    const url = inviteQrText(origin, screen.invite.code, token);
    return { token, from, until, url, svg: qrSvg(url, STYLE) };
  }),
});
