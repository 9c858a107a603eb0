import { beforeAll, describe, expect, test } from "vitest";
import { type Api, COMMUNITY, mintWorkspace } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const FULL = {
  name: "Night Runners 夜跑团",
  purpose: "We run together.\nEvery Thursday.",
  organiser: { name: "Lin", contact: "mailto:lin@example.com", verified: true },
  goal: "A marathon in autumn",
  values: ["Patience", "Nobody is left behind"],
  rules: ["No advertising", "No politics"],
  commercialIntent: "occasional",
  locale: "zh-CN",
  imageUrl: "https://example.com/night.jpg",
};

describe("communities", () => {
  test("one is kept as it was given, and read as it was kept", async () => {
    const created = await api.post("/v1/communities", FULL);
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject(FULL);
    expect(created.json.id).toMatch(/^com_[0-9a-hjkmnp-tv-z]{11}$/);
    expect(created.json.createdAt).toBe(new Date(created.json.createdAt).toISOString());
    expect(Math.abs(Date.parse(created.json.createdAt) - Date.now())).toBeLessThan(60_000);
    expect((await api.get(`/v1/communities/${created.json.id}`)).json).toEqual(created.json);
  });

  test("what is left out is empty, and text is trimmed", async () => {
    const {
      id: _,
      createdAt: __,
      updatedAt: ___,
      ...shown
    } = await made(api.post("/v1/communities", { ...COMMUNITY, name: "  Night Runners\u3000" }));
    expect(shown).toEqual({ ...COMMUNITY, goal: null, values: [], rules: [], locale: null, imageUrl: null });
  });

  test("a patch changes what it names and nothing else; null empties", async () => {
    const before = await made(api.post("/v1/communities", FULL));
    const path = `/v1/communities/${before.id}`;
    const after = await made(api.patch(path, { name: "Day Runners", goal: null, rules: [] }));
    expect(after).toEqual({
      ...before,
      name: "Day Runners",
      goal: null,
      rules: [],
      updatedAt: after.updatedAt,
    });
    expect(after.updatedAt >= before.updatedAt).toBe(true);
    expect((await api.get(path)).json).toEqual(after);
    const same = await made(api.patch(path, {}));
    expect(same).toEqual({ ...after, updatedAt: same.updatedAt });
  });

  test("an organiser is replaced as a whole", async () => {
    const { id } = await made(api.post("/v1/communities", FULL));
    const patched = await made(api.patch(`/v1/communities/${id}`, { organiser: { name: "Wu" } }));
    expect(patched.organiser).toEqual({ name: "Wu" });
  });

  test("every fault of a body is told at once", async () => {
    const refused = await api.post("/v1/communities", {
      name: "",
      organiser: { name: 7, contact: "javascript:alert(1)", nickname: "x" },
      values: ["fine", ""],
      rules: "none",
      commercialIntent: "secret",
      locale: "fr",
      imageUrl: "ftp://example.com/x",
      colour: "red",
    });
    const faults = ["/name", "/purpose", "/organiser/name", "/organiser/contact", "/organiser/nickname"];
    const more = ["/values/1", "/rules", "/commercialIntent", "/locale", "/imageUrl", "/colour"];
    expectProblem(refused, 400, "invalid_request", ...faults, ...more);
    const unknown = refused.json.errors.filter((error: { code: string }) => error.code === "unknown_field");
    expect(unknown.map((error: { path: string }) => error.path).sort()).toEqual([
      "/colour",
      "/organiser/nickname",
    ]);
  });

  test("what a required field may not be is refused in a patch too, and nothing is changed", async () => {
    const before = await made(api.post("/v1/communities", FULL));
    const path = `/v1/communities/${before.id}`;
    const refused = await api.patch(path, { name: null, purpose: null, organiser: null, goal: "Fine" });
    expectProblem(refused, 400, "invalid_request", "/name", "/purpose", "/organiser");
    expect((await api.get(path)).json).toEqual(before);
  });

  test("a contact may be plain text, a mail address, a phone number or a web page", async () => {
    for (const contact of [
      "linlin88 on WeChat",
      "lin@example.com",
      "tel:+8613800000000",
      "https://a.example/b",
    ]) {
      const body = { ...COMMUNITY, organiser: { name: "Lin", contact } };
      expect((await made(api.post("/v1/communities", body))).organiser.contact).toBe(contact);
    }
    for (const contact of ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x"]) {
      const body = { ...COMMUNITY, organiser: { name: "Lin", contact } };
      expectProblem(await api.post("/v1/communities", body), 400, "invalid_request", "/organiser/contact");
    }
  });

  test("a contact that names its kind before a colon is plain text as well", async () => {
    for (const contact of ["WeChat: linlin88", "QQ:12345678", "微信：linlin88"]) {
      const body = { ...COMMUNITY, organiser: { name: "Lin", contact } };
      expect((await made(api.post("/v1/communities", body))).organiser.contact).toBe(contact);
    }
  });

  test("limits hold to the letter", async () => {
    const longest = { ...COMMUNITY, name: "名".repeat(120), purpose: "x".repeat(2000) };
    expect((await api.post("/v1/communities", longest)).status).toBe(201);
    const tooLong = { ...COMMUNITY, name: "名".repeat(121), purpose: "x".repeat(2001) };
    expectProblem(await api.post("/v1/communities", tooLong), 400, "invalid_request", "/name", "/purpose");
  });
});
