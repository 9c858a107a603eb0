import { beforeAll, describe, expect, test } from "vitest";
import {
  type Api,
  apiWith,
  joinAtGate,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { Browser, filledIn, tagsOf, textOf } from "./support/browser.ts";
import { askCode, messageTo, sentTo } from "./support/contacts.ts";
import { expectProblem, made } from "./support/expect.ts";
import { justSeen } from "./support/keys.ts";

const CONTACT = { kind: "verifiedContact" };
const TITLE = { kind: "answer", field: "title", label: "Title", op: "eq", value: "CEO" };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const mint = (gate: unknown, more: object = {}) => mintCampaign(api, { campaign: { gate, ...more } });
const scan = async (code: string): Promise<string> =>
  (await request(`/i/${code}`, { headers: { Accept: "application/json" } })).json.ticket;

/** A code that is not the one. */
const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

// oxlint-disable-next-line typescript/no-explicit-any
const codesOf = ({ json }: { json: any }): string[] => json.reasons.map(({ code }: { code: string }) => code);

describe("a one-time code", () => {
  test("is asked for at the gate, sent signed in both languages, and lets its reader in once", async () => {
    const { invite } = await mint(CONTACT);
    const identity = newIdentity();
    const asked = await askCode(invite.code, identity, { lang: "zh-CN" });
    expect(asked.status).toBe(202);
    expect(asked.json).toEqual({ expiresInSeconds: 600, resendAfterSeconds: 60 });
    const message = await messageTo(identity.value);
    expect(message).toMatchObject({ channel: "email", to: identity.value, locale: "zh-CN" });
    expect(message.code).toMatch(/^\d{6}$/);
    expect(message.text).toMatch(/验证码[^]*is your code for “Night Runners”/);
    expect(message.text).not.toMatch(/https?:|www\./);
    const joined = await joinAtGate(invite.code, { identity, contactCode: ` ${message.code} ` });
    expect(joined.json.outcome).toBe("joined");
    expect(codesOf(joined)).toContain("contact_verified");
    // It was used: whoever finds it finds nothing of the person's.
    const again = await joinAtGate(invite.code, { identity, contactCode: message.code });
    expect(again.json).toMatchObject({ outcome: "rejected", pass: null, participant: null });
  });

  test("is answered in the same way whoever asks for whom, and however often", async () => {
    const { invite, campaign } = await mint({ ...CONTACT, trustServer: true });
    const [member, stranger] = [newIdentity(), newIdentity()];
    await joinBy(api, campaign.id, invite.code, member);
    const answers = [
      await askCode(invite.code, member),
      await askCode(invite.code, stranger),
      await askCode(invite.code, stranger),
    ];
    const seen = answers.map(({ status, text, headers }) =>
      JSON.stringify([status, text, [...headers.keys()].sort((a, b) => a.localeCompare(b))]),
    );
    expect(new Set(seen).size).toBe(1);
    await messageTo(member.value);
    await messageTo(stranger.value);
    expect(await sentTo(stranger.value)).toHaveLength(1);
  });

  test("opens a member's page on another phone: they read what is sent to them", async () => {
    const { invite, campaign } = await mint({ ...CONTACT, trustServer: true });
    const identity = newIdentity();
    const joined = await joinBy(api, campaign.id, invite.code, identity);
    await askCode(invite.code, identity);
    const { code } = await messageTo(identity.value);
    const guess = await joinAtGate(invite.code, { identity, contactCode: otherThan(code) });
    expect(guess.json).toMatchObject({ outcome: "rejected", pass: null, participant: null });
    const back = await joinAtGate(invite.code, { identity, contactCode: code });
    expect(back.json).toMatchObject({ outcome: "already_joined", pass: joined.json.pass });
  });

  test("is refused in words: wrong, too often, and where none was sent; each is another code", async () => {
    const { invite } = await mint(CONTACT);
    const identity = newIdentity();
    const tryCode = async (contactCode: string) => {
      const answer = await joinAtGate(invite.code, { identity, contactCode });
      expect(answer.json.outcome).toBe("rejected");
      return codesOf(answer).at(-1);
    };
    expect(await tryCode("123456")).toBe("contact_expired");
    await askCode(invite.code, identity);
    const { code } = await messageTo(identity.value);
    for (let n = 0; n < 4; n++) expect(await tryCode(otherThan(code))).toBe("contact_wrong");
    expect(await tryCode(otherThan(code))).toBe("contact_attempts");
    expect(await tryCode(code)).toBe("contact_attempts");
  });

  test("bears five attempts of thirty at once, and is good for one request of thirty", async () => {
    const { invite, campaign } = await mint({ all: [CONTACT, TITLE] });
    const [mallory, anna] = [newIdentity(), newIdentity()];
    await Promise.all([askCode(invite.code, mallory), askCode(invite.code, anna)]);
    const wrong = otherThan((await messageTo(mallory.value)).code);
    const guesses = await Promise.all(
      Array.from({ length: 30 }, () => joinAtGate(invite.code, { identity: mallory, contactCode: wrong })),
    );
    expect(guesses.filter((one) => codesOf(one).includes("contact_wrong"))).toHaveLength(4);
    expect(guesses.filter((one) => codesOf(one).includes("contact_attempts"))).toHaveLength(26);
    const { code } = await messageTo(anna.value);
    // The other leaf fails: nobody comes in, and the code is used all the same.
    const shown = await Promise.all(
      Array.from({ length: 30 }, () => joinAtGate(invite.code, { identity: anna, contactCode: code })),
    );
    expect(shown.filter((one) => codesOf(one).includes("contact_verified"))).toHaveLength(1);
    expect((await api.get(`/v1/campaigns/${campaign.id}/participants`)).json.data).toEqual([]);
  });

  test("is sent once by thirty who ask at once", async () => {
    const { invite } = await mint(CONTACT);
    const identity = newIdentity();
    const asked = await Promise.all(Array.from({ length: 30 }, () => askCode(invite.code, identity)));
    expect(asked.every(({ status }) => status === 202)).toBe(true);
    await messageTo(identity.value);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await sentTo(identity.value)).toHaveLength(1);
  });

  test("goes to nobody who cannot get one, and not from a gate that asks for none", async () => {
    const { invite } = await mint({ ...CONTACT, types: ["phone"] });
    expectProblem(await askCode(invite.code, newIdentity()), 400, "invalid_request", "/identity/type");
    expectProblem(await askCode(invite.code, { type: "phone", value: "12" }), 400, "invalid_request");
    expectProblem(await askCode(invite.code, newIdentity(), { more: 1 }), 400, "invalid_request", "/more");
    expectProblem(await askCode("23456789bcd", newIdentity()), 404, "invite_not_found");
    const open = await mint(TITLE);
    expectProblem(await askCode(open.invite.code, newIdentity()), 409, "conflict");
    const rotating = await mintCampaign(api, {
      campaign: { gate: CONTACT },
      invite: { rotation: { mode: "rotating" } },
    });
    expectProblem(await askCode(rotating.invite.code, newIdentity()), 403, "ticket_required");
    const wechat = await joinAtGate(invite.code, { identity: newIdentity() });
    expect(codesOf(wechat)).toContain("contact_type");
  });
});

describe("who proved their contact", () => {
  test("keeps it over another try with the same ticket, and nobody else has it", async () => {
    const { invite } = await mint({ all: [CONTACT, TITLE] });
    const identity = newIdentity();
    const ticket = await scan(invite.code);
    await askCode(invite.code, identity);
    const { code } = await messageTo(identity.value);
    const first = await joinAtGate(invite.code, { identity, ticket, contactCode: code });
    expect(first.json.outcome).toBe("rejected");
    const answers = { title: "CEO" };
    const stranger = await joinAtGate(invite.code, { identity, answers, ticket: await scan(invite.code) });
    expect(stranger.json.outcome).toBe("pending");
    expect(codesOf(stranger)).toContain("contact_unverified");
    const second = await joinAtGate(invite.code, { identity, answers, ticket });
    expect(second.json.outcome).toBe("joined");
  });

  test("takes the place of a stranger who applied under their address, and comes in by the review", async () => {
    const { invite, campaign } = await mint({ all: [CONTACT, { kind: "review" }] });
    const identity = newIdentity();
    const squatter = await joinAtGate(invite.code, { identity });
    expect(squatter.json.application).not.toBeNull();
    await askCode(invite.code, identity);
    const { code } = await messageTo(identity.value);
    const owner = await joinAtGate(invite.code, { identity, contactCode: code, displayName: "Anna" });
    expect(owner.json.outcome).toBe("pending");
    expect(owner.json.application).not.toBeNull();
    const [review] = (await api.get(`/v1/campaigns/${campaign.id}/reviews`)).json.data;
    await api.post(`/v1/reviews/${review.id}/approve`, {});
    const { pathname } = new URL(owner.json.application);
    await request(pathname, { method: "POST" });
    const seen = await request(pathname, { headers: { Accept: "application/json" } });
    expect(seen.json.state).toBe("admitted");
    const [participant] = (await api.get(`/v1/campaigns/${campaign.id}/participants`)).json.data;
    expect(participant.displayName).toBe("Anna");
  });

  test("may do so later, on the page of their application: a wrong code does not end it", async () => {
    const { invite } = await mint(CONTACT);
    const identity = newIdentity();
    const browser = new Browser();
    const page = await browser.send(await browser.open(`/i/${invite.code}`), filledIn(identity));
    const application = (page.headers.get("Location") ?? "").split("?")[0] as string;
    expect(application).toMatch(/^\/a\//);
    expect((await browser.open(application)).text).toContain(`${application}/contact`);
    const form = await browser.open(`${application}/contact`);
    const asked = await browser.open(`${application}/contact`, { method: "POST" });
    expect(asked.status).toBe(202);
    const { code } = await messageTo(identity.value);
    const wrong = await browser.send(form, { contactCode: otherThan(code) });
    expect(textOf(wrong.text)).toContain("This is not the code that was sent.");
    const right = await browser.send(form, { contactCode: code });
    expect(right.headers.get("Location")).toContain(application);
    const own = await browser.open(application);
    expect(own.headers.get("Location")).toMatch(/^\/p\//);
  });
});

describe("the gate's form", () => {
  test("has a code sent without a script, and keeps what was typed", async () => {
    const { invite } = await mint({ all: [CONTACT, TITLE] });
    const identity = newIdentity();
    const browser = new Browser();
    const landing = await browser.open(`/i/${invite.code}`);
    const button = tagsOf(landing.text, "button").find(({ formaction }) => formaction !== undefined);
    expect(button).toMatchObject({ formaction: `/i/${invite.code}/contact`, formnovalidate: "" });
    expect(landing.headers.get("Content-Security-Policy")).not.toContain("script-src");
    const [form] = tagsOf(landing.text, "form");
    const asking = landing.text.replace(`action="${form?.["action"]}"`, `action="${button?.["formaction"]}"`);
    const sent = await browser.send(
      { ...landing, text: asking },
      { "identity.type": "email", "identity.value": identity.value, "answers.title": "CEO" },
    );
    expect(sent.status).toBe(202);
    expect(textOf(sent.text)).toContain("A code is on its way.");
    const held = Object.fromEntries(tagsOf(sent.text, "input").map(({ name, value }) => [name, value]));
    expect(held).toMatchObject({ "identity.value": identity.value, "answers.title": "CEO", contactCode: "" });
    const { code } = await messageTo(identity.value);
    const typed = filledIn(identity, { "answers.title": "CEO", contactCode: code });
    const joined = await browser.send(sent, typed);
    expect(joined.headers.get("Location")).toMatch(/^\/p\//);
  });

  test("says at the identity what is wrong with it, where a code is asked for", async () => {
    const { invite } = await mint(CONTACT);
    const browser = new Browser("zh-CN");
    const answer = await browser.open(`/i/${invite.code}/contact`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "identity.type=email&identity.value=nobody&lang=zh-CN",
    });
    expect(answer.status).toBe(400);
    expect(textOf(answer.text)).toContain("邮箱地址有误");
  });
});

describe("a trusted server", () => {
  test("vouches where the gate lets it, and else brings the code", async () => {
    const trusting = await mint({ ...CONTACT, trustServer: true });
    const vouched = await joinBy(api, trusting.campaign.id, trusting.invite.code);
    expect(vouched.json.outcome).toBe("joined");
    const { invite, campaign } = await mint(CONTACT);
    const identity = newIdentity();
    expect((await joinBy(api, campaign.id, invite.code, identity)).json.outcome).toBe("pending");
    await askCode(invite.code, identity);
    const { code } = await messageTo(identity.value);
    const joined = await joinBy(await justSeen(api), campaign.id, invite.code, identity, {
      contactCode: code,
    });
    expect(joined.json.outcome).toBe("joined");
    expect(Number(joined.headers.get("X-Round-Trips"))).toBeLessThanOrEqual(3);
  });

  test("that sends the same again has shown its code still; without the code, or with another, it has shown nothing", async () => {
    const { invite, campaign } = await mint({ all: [CONTACT, { kind: "review" }] });
    const identity = newIdentity();
    await askCode(invite.code, identity);
    const { code } = await messageTo(identity.value);
    const come = (more: object) => made(joinBy(api, campaign.id, invite.code, identity, { ...more }));
    const first = await come({ contactCode: code });
    expect([first.outcome, codesOf({ json: first })[1]]).toEqual(["pending", "contact_verified"]);
    for (const again of await Promise.all([1, 2, 3].map(() => come({ contactCode: code })))) {
      expect([again.outcome, again.application]).toEqual(["pending", first.application]);
      expect(codesOf({ json: again })[1]).toBe("contact_verified");
    }
    expect((await come({ contactCode: otherThan(code) })).outcome).toBe("rejected");
    expect(codesOf({ json: await come({}) })[1]).toBe("contact_unverified");
    expect(codesOf({ json: await come({ contactCode: code }) })[1]).toBe("contact_verified");
    const atGate = await joinAtGate(invite.code, { identity, contactCode: code });
    expect(atGate.json).toMatchObject({ outcome: "rejected", application: null });
    const [review] = (await api.get(`/v1/campaigns/${campaign.id}/reviews`)).json.data;
    await made(api.post(`/v1/reviews/${review.id}/approve`, {}));
    const joined = await come({ contactCode: code });
    expect(["joined", "already_joined"]).toContain(joined.outcome);
  });

  test("of another workspace reads no code of this one's", async () => {
    const { invite, campaign } = await mint(CONTACT);
    const other = apiWith((await mintWorkspace()).key);
    expectProblem(await joinBy(other, campaign.id, invite.code), 404, "invite_not_found");
  });
});
