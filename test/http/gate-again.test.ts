import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Api, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { Browser, filledIn, tagsOf, textOf } from "./support/browser.ts";
import { made } from "./support/expect.ts";

const GATE = { kind: "answer", field: "title", label: "Title", op: "in", value: ["CEO"] };

/** An identity of each type that is not one. */
const WRONG = [
  ["email", "x"],
  ["phone", "12"],
  ["wechat", "名"],
  ["telegram", "x"],
  ["discord", "!"],
  ["wecom", "a b"],
  ["custom", "x".repeat(201)],
] as const;

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** What stands in a page's form, field by field; the choice of each select, and only boxes that are ticked. */
const held = ({ text }: Answer): Record<string, string> => {
  const inputs = tagsOf(text, "input").filter(({ type, checked }) => type !== "checkbox" || checked === "");
  const selects = [...text.matchAll(/<select[^>]* name="([^"]*)"[^>]*>(.*?)<\/select>/gs)].map(
    ([, name = "", options = ""]) => ({
      name,
      value: tagsOf(options, "option").find(({ selected }) => selected === "")?.["value"] ?? "",
    }),
  );
  return Object.fromEntries([...inputs, ...selects].map(({ name, value }) => [name, value]));
};

/** The sentences at the fields of a form. */
const mistakesOf = ({ text }: Answer): string[] =>
  [...text.matchAll(/<p class="fail" id="[^"]*">(.*?)<\/p>/g)].map(([, words = ""]) => words);

describe("the gate's form, shown again", () => {
  test("what is typed wrongly comes back in the form, with words at the field", async () => {
    const { invite } = await mintCampaign(api, { campaign: { gate: GATE } });
    const landing = await new Browser().open(`/i/${invite.code}`);
    const typed = filledIn(
      { type: "email", value: "no<body" },
      { "answers.title": "CEO", displayName: "Li" },
    );
    const refused = await new Browser().send(landing, typed);
    expect(refused.status).toBe(400);
    expect(refused.headers.get("Content-Type")).toMatch(/^text\/html/);
    expect(refused.headers.get("Cache-Control")).toBe("no-store");
    expect(textOf(refused.text)).toContain("This is not a whole e-mail address.");
    expect(textOf(refused.text)).toContain("invalid_request");
    const wrong = tagsOf(refused.text, "input").filter((input) => input["aria-invalid"] === "true");
    expect(wrong.map(({ name }) => name)).toEqual(["identity.value"]);
    expect(held(refused)).toEqual({
      ...typed,
      lang: "en",
      ticket: held(landing)["ticket"],
      inviteCode: "",
      recoveryCode: "",
    });
    const mended = await new Browser().send(refused, {
      ...held(refused),
      "identity.value": "li@example.com",
    });
    expect(mended.status).toBe(303);
  });

  test("each kind of identity, and every other field, has words of its own in both languages", async () => {
    const { invite } = await mintCampaign(api);
    const said = new Set<string>();
    for (const language of ["en", "zh-CN"]) {
      const browser = new Browser(language);
      const landing = await browser.open(`/i/${invite.code}`);
      for (const [type, value] of WRONG) {
        const refused = await browser.send(landing, filledIn({ type, value }));
        expect(refused.status, type).toBe(400);
        said.add(mistakesOf(refused).join());
      }
      const long = { displayName: "x".repeat(41), recoveryCode: "x".repeat(41), accessCode: "x".repeat(65) };
      const { "identity.value": _, ...nobody } = filledIn(newIdentity(), long);
      const refused = await browser.send(landing, nobody);
      expect(mistakesOf(refused)).toHaveLength(3);
      for (const mistake of mistakesOf(refused)) said.add(mistake);
    }
    expect(said.size).toBe(20);
    for (const mistake of said) expect(mistake).not.toMatch(/Invalid|Too |expected|is not a valid/);
  });

  test("what was not enough comes back in the form too, under the reasons", async () => {
    const { invite } = await mintCampaign(api, { campaign: { gate: GATE } });
    const browser = new Browser("zh-CN");
    const typed = filledIn(newIdentity(), { "answers.title": "Cook", displayName: "小明" });
    const landing = await browser.open(`/i/${invite.code}`);
    const refused = await browser.send(landing, typed);
    expect(refused.status).toBe(200);
    expect(Number(refused.headers.get("X-Round-Trips"))).toBeLessThanOrEqual(2);
    expect(textOf(refused.text)).toMatch(/暂不符合入群条件.*“Title”不符合入群条件/);
    expect(held(refused)).toMatchObject({ ...typed, ticket: held(landing)["ticket"] });
    const mended = await browser.send(refused, { ...held(refused), "answers.title": "CEO" });
    expect(mended.status).toBe(303);
  });

  test("a rotating invite's form is shown again without a token, and its ticket is still good", async () => {
    const rotation = { mode: "rotating", periodSeconds: 5 };
    const { invite } = await mintCampaign(api, { invite: { rotation }, campaign: { gate: GATE } });
    const { currentUrl } = await made(api.get(`/v1/invites/${invite.id}`));
    const browser = new Browser();
    const landing = await browser.open(new URL(currentUrl).pathname);
    const mistyped = await browser.send(landing, filledIn({ type: "email", value: "nobody" }));
    expect(mistyped.status).toBe(400);
    const refused = await browser.send(mistyped, { ...filledIn(newIdentity()), "answers.title": "Cook" });
    expect(textOf(refused.text)).toMatch(/cannot come in yet/);
    expect(held(refused)["ticket"]).toBe(held(landing)["ticket"]);
    // Where the form stands by itself, nothing leads to the invite's bare address: that asks for a token.
    expect(tagsOf(refused.text, "a")).toEqual([]);
    expect((await browser.send(refused, { ...held(refused), "answers.title": "CEO" })).status).toBe(303);
    const second = await new Browser().send(mistyped, filledIn(newIdentity(), { "answers.title": "CEO" }));
    expect(second.status).toBe(409);
    expect(textOf(second.text)).toContain("ticket_spent");
    for (const [ticket, status, code] of [
      ["", 403, "ticket_required"],
      ["x".repeat(51), 400, "ticket_invalid"],
    ] as const) {
      const bare = await new Browser().send(landing, { ...filledIn({ type: "email", value: "x" }), ticket });
      expect(bare.status).toBe(status);
      expect(textOf(bare.text)).toContain(code);
    }
  });

  test("a refusal of another kind is told in the form's language too", async () => {
    const { invite } = await mintCampaign(api);
    const landing = await new Browser("en").open(`/i/${invite.code}?lang=zh-CN`);
    const refused = await new Browser("en").send(landing, { ...filledIn(newIdentity()), ticket: "x" });
    expect(refused.status).toBe(400);
    expect(tagsOf(refused.text, "html")[0]).toEqual({ lang: "zh-CN" });
    expect(textOf(refused.text)).toContain("请重新扫码。");
    expect(textOf(refused.text)).not.toMatch(/is not a ticket/);
  });

  test("who waits can look again from the page that says so, by the same ticket", async () => {
    const { invite, groups } = await mintCampaign(api, { groups: [{ capacity: 1 }] });
    const path = `/i/${invite.code}`;
    await new Browser().open(path).then((page) => new Browser().send(page, filledIn(newIdentity())));
    const browser = new Browser();
    const waiting = await browser.send(await browser.open(path), filledIn(newIdentity()));
    const again = await browser.send(waiting, {});
    expect(textOf(again.text)).toMatch(/Your place in line: 1/);
    await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 2 }));
    expect((await browser.send(again, {})).status).toBe(303);
  });
});
