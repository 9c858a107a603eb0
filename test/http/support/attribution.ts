import { type Api, joinBy, mintCampaign, newIdentity } from "../../support/api.ts";
import { Browser } from "./browser.ts";
import { made } from "./expect.ts";

export const PHONE =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";

/** A person's phone: it keeps what the pages give it. */
export const phone = () => new Browser("en", PHONE);

const JSON_HEADERS = { "Content-Type": "application/json", Accept: "application/json" };

/** Opens an invite on this phone, and answers its ticket. */
export async function visit(browser: Browser, code: string): Promise<string> {
  const page = await browser.open(`/i/${code}`, { headers: { Accept: "application/json" } });
  if (page.status !== 200) throw new Error(`${page.status}: ${page.text}`);
  return page.json.ticket;
}

/** Fills in the gate on this phone, as JSON. */
export const joinOn = (browser: Browser, code: string, more: Record<string, unknown> = {}) =>
  browser.open(`/i/${code}`, {
    method: "POST",
    headers: JSON_HEADERS,
    body: JSON.stringify({ identity: newIdentity(), acknowledged: true, ...more }),
  });

/** Somebody new whom a trusted server brings. */
export const joined = (api: Api, campaignId: string, code: string, more: Record<string, unknown> = {}) =>
  made(joinBy(api, campaignId, code, newIdentity(), more));

/** A participant as the marketer reads them. */
export const person = (api: Api, id: string) => made(api.get(`/v1/participants/${id}`));

const DAY = 86_400_000;

/** An instant so many days ago, as the API writes it. */
export const daysAgo = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

export const RULES = {
  first: { model: "first_touch", windowDays: 30 },
  last: { model: "last_touch", windowDays: 30 },
};

/** A campaign with two channels and a member, each of whom somebody may come by. */
export async function mintDoors(api: Api, attribution: object = RULES.last) {
  const world = await mintCampaign(api, { groups: [{ capacity: 50 }], campaign: { attribution } });
  const path = `/v1/campaigns/${world.campaign.id}`;
  const radio = await made(api.post(`${path}/invites`, { channel: "radio" }));
  const lin = await joined(api, world.campaign.id, world.invite.code, { displayName: "Lin" });
  const own = (await made(api.get(`${path}/invites?kind=member`))).data[0];
  return { ...world, path, poster: world.invite, radio, lin: { ...lin, invite: own } };
}
