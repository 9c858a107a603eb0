import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Api, mintCampaign, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { Browser, filledIn, tagsOf, textOf } from "./support/browser.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";

const GATE = { kind: "answer", field: "title", label: "Title", op: "in", value: ["CEO"] };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const locationOf = (answer: Answer): string => answer.headers.get("Location") ?? "";
const asJson = (path: string) => request(path, { headers: { Accept: "application/json" } });

describe("the gate's form, as a browser sends it", () => {
  test("lets in with a redirect to the person's own page, and the browser is known from then on", async () => {
    const { invite, groups, campaign } = await mintCampaign(api, { campaign: { gate: GATE } });
    const browser = new Browser("zh-CN");
    const landing = await browser.open(`/i/${invite.code}`);
    const who = filledIn(newIdentity(), { "answers.title": "ceo", displayName: "小明" });
    const sent = await browser.send(landing, who);
    expect(sent.status).toBe(303);
    expect(locationOf(sent)).toMatch(/^\/p\/[0-9a-z]{31}\?lang=zh-CN$/);
    expect(sent.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^qrove_\w+=[0-9a-z]{31}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);

    const page = await browser.open(locationOf(sent));
    expect(page.status).toBe(200);
    expect(tagsOf(page.text, "html")[0]).toEqual({ lang: "zh-CN" });
    expect(textOf(page.text)).toContain("小明");
    expect(tagsOf(page.text, "a").map(({ href }) => href)).toContain(groups[0].joinUrl);
    const [qr] = tagsOf(page.text, "img");
    expect((await request(qr?.["src"] as string)).headers.get("Content-Type")).toBe("image/png");

    const again = await browser.open(`/i/${invite.code}`);
    const pass = locationOf(sent).split("?")[0];
    expect(tagsOf(again.text, "a").map(({ href }) => href)).toContain(pass);
    // The retry of the same browser, even without its ticket, gets the same page; nothing changes.
    const retry = await browser.send(again, { ...who, ticket: "" });
    expect(retry.status).toBe(303);
    expect(locationOf(retry)).toBe(locationOf(sent));
    expect((await made(api.get(`/v1/campaigns/${campaign.id}/participants`))).data).toHaveLength(1);
  });

  test("shows every reason with its remedy when it does not, and the person may try again", async () => {
    const { invite } = await mintCampaign(api, { campaign: { gate: GATE } });
    const browser = new Browser();
    const landing = await browser.open(`/i/${invite.code}`);
    const { acknowledged: _, ...unticked } = filledIn(newIdentity(), { "answers.title": "" });
    const refused = await browser.send(landing, unticked);
    expect(refused.status).toBe(200);
    expect(textOf(refused.text)).toMatch(
      /cannot come in yet.*not accepted.*tick the box.*not answered.*Fill in/i,
    );
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect(tagsOf(refused.text, "a").map(({ href }) => href)).toContain(`/i/${invite.code}`);
    const better = await browser.send(landing, filledIn(newIdentity(), { "answers.title": "CEO" }));
    expect(better.status).toBe(303);
  });

  test("tells who waits their place, who is early to wait, and who is late that it is over", async () => {
    const { invite, campaign, groups } = await mintCampaign(api, { groups: [{ capacity: 1 }] });
    const path = `/i/${invite.code}`;
    await new Browser().open(path).then((page) => new Browser().send(page, filledIn(newIdentity())));
    const browser = new Browser();
    const [landing, who] = [await browser.open(path), newIdentity()];
    expect(textOf(landing.text)).toContain("waitlist");
    const waiting = await browser.send(landing, filledIn(who));
    expect(waiting.status).toBe(200);
    expect(textOf(waiting.text)).toMatch(/You are on the waitlist.*Your place in line: 1/);
    await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 2 }));
    expect((await browser.send(landing, filledIn(who))).status).toBe(303);

    await made(api.post(`/v1/campaigns/${campaign.id}/end`));
    const late = await new Browser().send(landing, filledIn(newIdentity(), { ticket: "" }));
    expect(late.status).toBe(200);
    expect(textOf(late.text)).toMatch(/Closed.*The campaign is over\./);
    const code = { gate: { kind: "accessCode" } };
    const other = await mintCampaign(api, { campaign: code });
    const minted = await made(
      api.post(`/v1/campaigns/${other.campaign.id}/access-codes`, { startsAt: hoursFromNow(1) }),
    );
    const page = await browser.open(`/i/${other.invite.code}`);
    const early = await browser.send(page, filledIn(newIdentity(), { accessCode: minted.data[0].code }));
    const told = await browser.open(early.headers.get("Location") ?? "");
    expect(textOf(told.text)).toMatch(/Not decided yet.*not valid yet/);
  });

  test("what is typed wrongly comes back as a page that marks the field", async () => {
    const { invite } = await mintCampaign(api);
    const landing = await new Browser().open(`/i/${invite.code}`);
    const refused = await new Browser().send(landing, filledIn({ type: "email", value: "nobody" }));
    expect(refused.status).toBe(400);
    expect(refused.headers.get("Content-Type")).toMatch(/^text\/html/);
    const marked = tagsOf(refused.text, "input").filter((input) => input["aria-invalid"] === "true");
    expect(marked.map(({ name }) => name)).toEqual(["identity.value"]);
    expect(textOf(refused.text)).toContain("invalid_request");
  });

  test("a mistake is told in the language that the form was shown in", async () => {
    const { invite } = await mintCampaign(api);
    const wrong = filledIn({ type: "phone", value: "12" });
    for (const [language, query] of [
      ["zh-CN", ""],
      ["en", "?lang=zh-CN"],
    ] as const) {
      const browser = new Browser(language);
      const refused = await browser.send(await browser.open(`/i/${invite.code}${query}`), wrong);
      expect(refused.status).toBe(400);
      expect.soft(tagsOf(refused.text, "html")[0], `${language} ${query}`).toEqual({ lang: "zh-CN" });
      expect.soft(textOf(refused.text), `${language} ${query}`).not.toMatch(/The request has|is not a valid/);
    }
  });

  test("a form that no page of ours sends is refused field by field", async () => {
    const { invite } = await mintCampaign(api);
    const send = (body: string, type = "application/x-www-form-urlencoded") =>
      request(`/i/${invite.code}`, {
        method: "POST",
        headers: { "Content-Type": type, Accept: "application/json" },
        body,
      });
    const odd = "identity=x&identity.type=fax&identity.__proto__=1&admin=true&answers.a.b=1&__proto__=2";
    expectProblem(await send(odd), 400, "invalid_request", "/identity/type", "/identity/value", "/admin");
    expectProblem(await send(""), 400, "invalid_request", "/identity");
    expectProblem(await send("--x--", "multipart/form-data; boundary=x"), 415, "unsupported_media_type");
    expectProblem(await send("{", "application/json"), 400, "invalid_json");
    expectProblem(await send(`a=${"x".repeat(65_536)}`), 413, "body_too_large");
  });
});

describe("the participant's own page", () => {
  test("as JSON has the seat, the own invite, the progress and the recovery code", async () => {
    const { invite, groups, campaign } = await mintCampaign(api);
    const browser = new Browser();
    const sent = await browser.send(await browser.open(`/i/${invite.code}`), filledIn(newIdentity()));
    const path = locationOf(sent).split("?")[0] as string;
    const page = await asJson(path);
    expect(page.json).toMatchObject({
      campaign: { id: campaign.id },
      group: { name: groups[0].name, carrier: "url", joinUrl: groups[0].joinUrl },
      direct: 0,
      team: 0,
      rank: null,
      recoveryCode: expect.stringMatching(/^[0-9a-z]{12}$/),
    });
    expect(new URL(page.json.invite.url).pathname).toBe(`/i/${page.json.invite.code}`);
    await browser.open(page.json.invite.url.replace(/^.*\/i\//, "/i/"));
    const friend = await new Browser().open(`/i/${page.json.invite.code}`);
    await new Browser().send(friend, filledIn(newIdentity()));
    expect((await asJson(path.toUpperCase().replace("/P/", "/p/"))).json).toMatchObject({
      direct: 1,
      team: 1,
      rank: 1,
    });
  });

  test("says times as the whole API says them", async () => {
    const { invite } = await mintCampaign(api);
    const browser = new Browser();
    const sent = await browser.send(await browser.open(`/i/${invite.code}`), filledIn(newIdentity()));
    const { json } = await asJson(locationOf(sent));
    expect(json.participant.joinedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("opens with its pass only", async () => {
    const { invite } = await mintCampaign(api);
    const browser = new Browser();
    const sent = await browser.send(await browser.open(`/i/${invite.code}`), filledIn(newIdentity()));
    const pass = locationOf(sent).slice(3, 34);
    const forged = [
      pass.slice(0, -1),
      `${pass}0`,
      `${pass.slice(0, -1)}${pass.endsWith("2") ? "3" : "2"}`,
      "x",
      "%00",
    ];
    for (const text of [...forged, `0${pass.slice(1)}`.replace(pass, `1${pass.slice(1)}`)]) {
      expectProblem(await asJson(`/p/${text}`), 404, "pass_not_found");
      const page = await browser.open(`/p/${text}`);
      expect(page.status).toBe(404);
      expect(textOf(page.text)).toContain("pass_not_found");
    }
  });
});
