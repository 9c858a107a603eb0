import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { Browser, tagsOf, textOf, unescape } from "./support/browser.ts";
import { hoursFromNow, made } from "./support/expect.ts";

const JSON_ONLY = { Accept: "application/json" };
const TOLD = {
  name: "Night Runners 夜跑团",
  purpose: "We run together on Thursdays.",
  organiser: { name: "Lin Wei", contact: "lin@example.com", verified: true },
  goal: "A marathon in autumn",
  values: ["Patience", "Nobody is left behind"],
  rules: ["No advertising", "No politics"],
  commercialIntent: "occasional",
  imageUrl: "https://example.com/night.jpg",
};
const GATE = {
  all: [
    {
      kind: "answer",
      field: "title",
      label: "职位 Title",
      op: "in",
      value: ["CEO"],
      options: ["CEO", "Cook"],
    },
    { kind: "accessCode" },
  ],
};

let api: Api;
let path: string;
let campaign: { id: string };
let community: { id: string };
beforeAll(async () => {
  api = await mintWorkspace();
  const minted = await mintCampaign(api, {
    campaign: { name: "Spring 春", gate: GATE, endsAt: hoursFromNow(99) },
  });
  ({ campaign, community } = minted);
  await made(api.patch(`/v1/communities/${community.id}`, TOLD));
  path = `/i/${minted.invite.code}`;
});

describe("the landing page", () => {
  test("as JSON tells all that a form needs, and no way in", async () => {
    const answer = await request(path, { headers: JSON_ONLY });
    expect(answer.status).toBe(200);
    expect(answer.json.community).toEqual({ id: community.id, locale: null, ...TOLD });
    expect(answer.json.campaign).toMatchObject({ id: campaign.id, name: "Spring 春", startsAt: null });
    expect(answer.json.campaign.endsAt).toMatch(/^\d{4}-.*Z$/);
    expect(answer.json).toMatchObject({ seatsLeft: 10, inviter: null, ticket: expect.any(String) });
    const { version, fields } = answer.json.gate;
    expect(version).toBe(1);
    expect(fields).toMatchObject([
      { criterion: "acknowledgement", name: "acknowledged", type: "checkbox" },
      { name: "answers.title", type: "choice", label: "职位 Title", options: ["CEO", "Cook"] },
      { criterion: "accessCode", name: "accessCode", type: "text", label: "Access code" },
    ]);
    // Neither a group's link nor what the gate wants to hear, nor anything of the tenant.
    expect(answer.text).not.toContain("https://example.com/1");
    expect(answer.text).not.toMatch(/wsp_|workspace|maxUses|"op"/);
  });

  test.each([
    ["en", "Access code", "Agree and join", /occasional/i],
    ["zh-CN", "邀请码", "同意并加入", /偶尔/],
  ])("as HTML discloses everything in %s before it shows any way in", async (lang, code, submit, intent) => {
    const { status, text, headers } = await new Browser(lang).open(path);
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toMatch(/^text\/html; *charset=utf-8/i);
    expect(tagsOf(text, "html")[0]).toEqual({ lang });
    const seen = textOf(text);
    const { name, purpose, organiser, goal, values, rules } = TOLD;
    for (const part of [
      name,
      purpose,
      organiser.name,
      organiser.contact,
      goal,
      ...values,
      ...rules,
      code,
      submit,
    ]) {
      expect(seen).toContain(part);
    }
    expect(seen).toMatch(intent);
    expect(seen).toContain("10");
    expect(text).not.toContain("https://example.com/1");
    expect(tagsOf(text, "form")).toMatchObject([{ method: "post", action: path }]);
    expect(tagsOf(text, "img")[0]).toMatchObject({ src: TOLD.imageUrl });
  });

  test("?lang= goes before Accept-Language, which is read as it ranks its languages", async () => {
    const langOf = async (query: string, language: string) =>
      tagsOf((await new Browser(language).open(`${path}${query}`)).text, "html")[0]?.["lang"];
    expect(await langOf("?lang=zh-CN", "en-GB,en;q=0.9")).toBe("zh-CN");
    expect(await langOf("?lang=en", "zh-CN,zh;q=0.9")).toBe("en");
    expect(await langOf("", "zh-TW,zh;q=0.9,en;q=0.8")).toBe("zh-CN");
    expect(await langOf("", "fr-FR, zh;q=0.5")).toBe("zh-CN");
    expect(await langOf("", "fr")).toBe("en");
    expect(await langOf("?lang=%00%22%3E", "*")).toBe("en");
    const labels = async (init: RequestInit, query = "") =>
      (await request(`${path}${query}`, init)).json.gate.fields.map(({ label }: { label: string }) => label);
    expect(await labels({ headers: { ...JSON_ONLY, "Accept-Language": "zh" } })).toContain("邀请码");
    expect(await labels({ headers: JSON_ONLY }, "?lang=zh-CN")).toContain("邀请码");
  });

  test("a language that is ranked lower, or refused, is not the one that is spoken", async () => {
    const langOf = async (language: string) =>
      tagsOf((await new Browser(language).open(path)).text, "html")[0]?.["lang"];
    expect(await langOf("en;q=0.2, zh-CN;q=0.9")).toBe("zh-CN");
    expect(await langOf("zh;q=0, en;q=0.5")).toBe("en");
  });

  test("a member's invite says who invites", async () => {
    const minted = await mintCampaign(api);
    const who = { displayName: "Xiao Ming" };
    const { invite } = await made(joinBy(api, minted.campaign.id, minted.invite.code, newIdentity(), who));
    const landing = await request(`/i/${invite.code}`, { headers: JSON_ONLY });
    expect(landing.json.inviter).toEqual({ displayName: "Xiao Ming" });
    expect(textOf((await new Browser().open(`/i/${invite.code}`)).text)).toContain("Xiao Ming");
  });

  test("what is changed shows on the very next page, in both forms and languages", async () => {
    const minted = await mintCampaign(api, { campaign: { name: "Before" } });
    const [about, runs] = [`/v1/communities/${minted.community.id}`, `/v1/campaigns/${minted.campaign.id}`];
    const door = `/i/${minted.invite.code}`;
    const shown = async () => {
      const pages = [await new Browser("en").open(door), await new Browser("zh-CN").open(door)];
      const { json } = await request(door, { headers: JSON_ONLY });
      return { json, seen: pages.map(({ text }) => textOf(text)) };
    };
    const question = { kind: "answer", field: "town", label: "Which town 城市", op: "answered" };
    let before = await shown();
    for (const [path, change, word] of [
      [about, { name: "Renamed 新名" }, "Renamed 新名"],
      [about, { rules: ["Be on time 准时"] }, "Be on time 准时"],
      [runs, { name: "After 之后" }, "After 之后"],
      [runs, { gate: question }, "Which town 城市"],
    ] as const) {
      expect(before.seen.join() + JSON.stringify(before.json)).not.toContain(word);
      await made(api.patch(path, change));
      const after = await shown();
      for (const seen of after.seen) expect(seen).toContain(word);
      expect(JSON.stringify(after.json)).toContain(word);
      expect(after.json.ticket).not.toBe(before.json.ticket);
      before = after;
    }
    await made(
      joinBy(api, minted.campaign.id, minted.invite.code, newIdentity(), { answers: { town: "X" } }),
    );
    const last = await shown();
    expect(last.json.seatsLeft).toBe(before.json.seatsLeft - 1);
    for (const seen of last.seen) expect(seen).toMatch(new RegExp(`[:：] ?${last.json.seatsLeft}\\b`));
  });

  test("opening it, in whatever way, spends nothing and marks nobody", async () => {
    const { invite, campaign: other } = await mintCampaign(api);
    for (const method of ["GET", "HEAD", "GET"]) {
      const answer = await new Browser().open(`/I/${invite.code.toUpperCase()}`, { method });
      expect(answer.status).toBe(200);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect((await made(api.get(`/v1/invites/${invite.id}`))).uses).toBe(0);
    expect((await made(api.get(`/v1/campaigns/${other.id}/funnel`))).steps[0].people).toBe(0);
  });

  test("pages are closed to scripts, frames, caches and referrers", async () => {
    for (const answer of [await new Browser().open(path), await new Browser().open("/i/nothing")]) {
      const policy = answer.headers.get("Content-Security-Policy") ?? "";
      for (const rule of [
        "default-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]) {
        expect(policy).toContain(rule);
      }
      expect(policy).not.toContain("script-src");
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(answer.headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(answer.text).not.toMatch(/<script|\son\w+=/i);
    }
  });
});

describe("hostile text of a community", () => {
  const EVIL = `</title><script>alert(1)</script>"'><img src=x onerror=alert(1)> &amp; {{x}} \u202e`.trim();
  const TAGS = /<script|<img src=x|<\/title><(?!style)/i;

  test("is shown as text on every page, in every place", async () => {
    const field = { kind: "answer", field: "why", label: EVIL, op: "in", value: [EVIL], options: [EVIL] };
    const minted = await mintCampaign(api, {
      groups: [{ name: EVIL, joinUrl: "https://example.com/?a=1&b=%22%3E%3Cscript%3E" }],
      campaign: { name: EVIL, gate: field },
    });
    const told = { organiser: { name: EVIL, contact: EVIL }, goal: EVIL, values: [EVIL], rules: [EVIL] };
    await made(api.patch(`/v1/communities/${minted.community.id}`, { ...told, name: EVIL, purpose: EVIL }));
    const more = { answers: { why: EVIL }, displayName: `<b>"x"</b>` };
    const joined = await made(joinBy(api, minted.campaign.id, minted.invite.code, newIdentity(), more));
    const pages = [`/i/${minted.invite.code}`, `/i/${joined.invite.code}`, new URL(joined.pass).pathname];
    for (const page of pages) {
      const { text } = await new Browser().open(page);
      expect(text).not.toMatch(TAGS);
      expect(text).not.toContain(`<b>"x"</b>`);
      expect(unescape(text)).toContain(EVIL);
      expect(text.match(/<title>/g)).toHaveLength(1);
    }
    const landing = (await new Browser().open(pages[0] as string)).text;
    // purpose, campaign, organiser, contact, goal, value, rule, h1, title, label, option and its value
    expect(unescape(landing).split(EVIL).length - 1).toBeGreaterThanOrEqual(12);
    expect(tagsOf(landing, "option").map(({ value }) => value)).toContain(EVIL);
    const json = await request(pages[0] as string, { headers: JSON_ONLY });
    expect(json.json.community.name).toBe(EVIL);
  });
});
