import { beforeAll, describe, expect, test } from "vitest";
import { type Api, mintCampaign, mintWorkspace, request } from "../support/api.ts";
import { joinOn, person, PHONE, phone, visit } from "./support/attribution.ts";
import { made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** A campaign that credits the first of two channels; the names of what a browser carries for it. */
async function mintTrail(windowDays = 30) {
  const attribution = { model: "first_touch", windowDays };
  const { campaign, invite } = await mintCampaign(api, {
    groups: [{ capacity: 100 }],
    campaign: { attribution },
  });
  const other = await made(api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "radio" }));
  return { campaign, seen: invite, door: other, name: `qrove_t${campaign.id.slice(4)}` };
}

/** Invites in 11 characters, seconds in 7, and 130 bits of HMAC. */
const TRAIL = /^(?:[0-9a-hjkmnp-tv-z]{18}){1,8}[0-9a-hjkmnp-tv-z]{26}$/;

describe("what a landing page leaves in the browser", () => {
  test("one cookie of the campaign, for its window, that no script and no other site can use", async () => {
    const { seen, name } = await mintTrail(7);
    for (const accept of ["text/html", "application/json"]) {
      const page = await request(`/i/${seen.code}`, { headers: { Accept: accept, "User-Agent": PHONE } });
      expect(page.headers.get("X-Round-Trips")).toBe("1");
      expect(page.headers.get("Cache-Control")).toBe("no-store");
      const [cookie, ...others] = page.headers.getSetCookie();
      expect(others).toEqual([]);
      expect(cookie).toMatch(
        new RegExp(`^${name}=[0-9a-z]{44}; Max-Age=${7 * 86400}; Path=/; HttpOnly; SameSite=Lax$`),
      );
    }
  });

  test("it is the same for everybody who comes in the same second: nothing in it is about a person", async () => {
    const { seen, name } = await mintTrail();
    const trails = new Set<string>();
    for (let i = 0; i < 20 && trails.size < 20; i++) {
      const browser = phone();
      await visit(browser, seen.code);
      const text = browser.cookies.get(name) as string;
      expect(text).toMatch(TRAIL);
      expect(text.slice(0, 11)).toBe(seen.id.slice(4));
      trails.add(text);
    }
    // Twenty browsers, and only the second tells their cookies apart.
    const seconds = new Set([...trails].map((text) => text.slice(11, 18)));
    expect(trails.size).toBe(seconds.size);
  });

  test("what opens links for people is left alone", async () => {
    const { seen } = await mintTrail();
    for (const [method, headers] of [
      ["HEAD", { "User-Agent": PHONE }],
      ["GET", { "User-Agent": PHONE, "Sec-Purpose": "prefetch" }],
      ["GET", { "User-Agent": "TelegramBot (like TwitterBot)" }],
      ["GET", { "User-Agent": "curl/8.9.1" }],
      ["GET", { "User-Agent": "" }],
    ] as const) {
      const page = await request(`/i/${seen.code}`, { method, headers: { Accept: "text/html", ...headers } });
      expect(page.status).toBe(200);
      expect(page.headers.getSetCookie()).toEqual([]);
    }
  });

  test("a page that is opened again changes nothing; the first invite and the last seven stay", async () => {
    const { campaign, seen, name } = await mintTrail();
    const browser = phone();
    await visit(browser, seen.code);
    const text = browser.cookies.get(name) as string;
    await visit(browser, seen.code);
    expect(browser.cookies.get(name)).toBe(text);
    const ids: string[] = [seen.id];
    for (let i = 0; i < 10; i++) {
      const invite = await made(api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: `c${i}` }));
      await visit(browser, invite.code);
      ids.push(invite.id);
    }
    const full = browser.cookies.get(name) as string;
    expect(full).toMatch(TRAIL);
    const kept = full
      .slice(0, -26)
      .match(/.{18}/g)
      ?.map((touch) => `inv_${touch.slice(0, 11)}`);
    expect(kept).toEqual([ids[0], ...ids.slice(-7)]);
    const answer = await joinOn(browser, seen.code);
    const { credit } = await person(api, answer.json.participant.id);
    expect(credit.inviteId).toBe(seen.id);
    expect(credit.touches).toHaveLength(9);
  });

  test("a browser that has seen very many campaigns forgets the oldest of them", async () => {
    const { seen, name } = await mintTrail();
    const browser = phone();
    for (let i = 0; i < 60; i++) browser.cookies.set(`qrove_t${String(i).padStart(11, "0")}`, "0".repeat(62));
    await visit(browser, seen.code);
    expect([...browser.cookies.keys()].slice(-1)).toEqual([name]);
    expect(browser.cookies.size).toBe(31);
    expect(browser.cookies.has("qrove_t00000000059")).toBe(true);
  });
});

describe("what a browser says that it has seen", () => {
  test("is believed only as it was signed, and for its campaign", async () => {
    const { door, seen, name } = await mintTrail();
    const browser = phone();
    await visit(browser, seen.code);
    const good = browser.cookies.get(name) as string;
    const elsewhere = await mintTrail();
    const stranger = phone();
    await visit(stranger, elsewhere.seen.code);
    const flip = (at: number) => `${good.slice(0, at)}${good[at] === "0" ? "1" : "0"}${good.slice(at + 1)}`;
    const touch = good.slice(0, 18);
    const forged = {
      "another invite": flip(10),
      "another time": flip(17),
      "another signature": flip(good.length - 1),
      "no signature": touch,
      "two for one": touch + good,
      "nine of them": touch.repeat(8) + good,
      "another campaign's": stranger.cookies.get(elsewhere.name) as string,
      "in capitals": good.toUpperCase(),
      empty: "",
      long: "0".repeat(3000),
      "no text at all": "%00%ff%F0%9F%92%A9",
      "a name": "__proto__",
    };
    for (const [what, text] of Object.entries(forged)) {
      const liar = phone();
      liar.cookies.set(name, text);
      const answer = await joinOn(liar, door.code);
      expect(answer.json?.outcome, what).toBe("joined");
      const { credit } = await person(api, answer.json.participant.id);
      expect(credit, what).toEqual({ inviteId: door.id, refusal: null, touches: [] });
    }
    const honest = await joinOn(browser, door.code);
    expect((await person(api, honest.json.participant.id)).credit.inviteId).toBe(seen.id);
  });

  test("a trail that is not ours is replaced, not added to", async () => {
    const { seen, name } = await mintTrail();
    const browser = phone();
    browser.cookies.set(name, "0".repeat(44));
    await visit(browser, seen.code);
    expect(browser.cookies.get(name)).toMatch(TRAIL);
    expect(browser.cookies.get(name)).toHaveLength(44);
    expect(browser.cookies.get(name)?.slice(0, 11)).toBe(seen.id.slice(4));
  });
});
