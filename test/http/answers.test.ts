import { beforeAll, describe, expect, test } from "vitest";
import {
  type Api,
  joinAtGate,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { Browser, tagsOf, textOf } from "./support/browser.ts";
import { expectProblem, made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const WECHAT = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50";

describe("every answer", () => {
  test("says that its type is what it says", async () => {
    const { invite } = await mintCampaign(api);
    for (const path of [
      "/",
      "/docs",
      "/healthz",
      "/openapi.json",
      "/nothing",
      "/v1/keys",
      `/i/${invite.code}`,
    ]) {
      const { headers } = await request(path);
      expect(headers.get("X-Content-Type-Options"), path).toBe("nosniff");
    }
    const refused = await request(`/i/${invite.code}`, { method: "POST", body: "x".repeat(66_000) });
    expect(refused.status).toBe(413);
    expect(refused.headers.get("X-Content-Type-Options")).toBe("nosniff");
  });

  test("at the root leads to the reference, which stands in no frame", async () => {
    const root = await request("/");
    expect(root.status).toBe(302);
    expect(root.headers.get("Location")).toBe("/docs");
    expect(root.headers.get("Cache-Control")).toBe("no-store");
    const docs = await request("/docs");
    expect(docs.headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
  });

  test("to JSON is JSON, unless a page is asked for", async () => {
    const { invite } = await mintCampaign(api);
    const asked = (Accept: string) => joinAtGate(invite.code, { identity: newIdentity() }, { Accept });
    expect((await asked("*/*")).json).toMatchObject({ outcome: "joined" });
    expect((await asked("text/html")).status).toBe(303);
    const wrong = { identity: { type: "email", value: "nobody" } };
    expectProblem(await joinAtGate(invite.code, wrong, { Accept: "*/*" }), 400, "invalid_request");
  });
});

describe("a path with another method", () => {
  test("is told which ones it takes, with a key and without one", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const path = `/v1/campaigns/${campaign.id}`;
    for (const [asked, allowed] of [
      [() => api.delete(path), "GET, HEAD, PATCH"],
      [() => api.post(`${path}/participants`), "GET, HEAD"],
      [() => api.get(`${path}/publish`), "POST"],
      [() => api.patch("/v1/communities", {}), "GET, HEAD, POST"],
      [() => request(`/i/${invite.code}`, { method: "DELETE" }), "GET, HEAD, POST"],
      [() => request(`/I/${invite.code}/x`, { method: "POST" }), "GET, HEAD"],
      [() => request("/p/x", { method: "PUT" }), "GET, HEAD"],
      [() => request("/healthz", { method: "OPTIONS" }), "GET, HEAD"],
      [() => request("/", { method: "POST" }), "GET, HEAD"],
    ] as const) {
      const answer = await asked();
      if (!answer.headers.get("Content-Type")?.startsWith("text/html")) {
        expectProblem(answer, 405, "method_not_allowed");
      }
      expect(answer.status).toBe(405);
      expect(answer.headers.get("Allow")).toBe(allowed);
    }
    expectProblem(await api.delete("/v1/nothing"), 404, "not_found");
    expectProblem(await request(path, { method: "DELETE" }), 401, "unauthorized");
  });
});

describe("the reference", () => {
  test("has a place for every problem's type, and for each its status and a sentence", async () => {
    const { text } = await request("/docs");
    const ids = tagsOf(text, "tr").flatMap(({ id }) => id ?? []);
    expect(ids.length).toBeGreaterThan(40);
    expect(new Set(ids).size).toBe(ids.length);
    for (const answer of [
      await request("/v1/keys"),
      await api.get("/v1/nothing"),
      await request("/i/x", { headers: { Accept: "application/json" } }),
    ]) {
      const [page, id] = answer.json.type.split("#");
      expect(page).toBe("/docs");
      const row = new RegExp(`<tr id="${id}">(.*?)</tr>`, "s").exec(text)?.[1] ?? "";
      expect(textOf(row)).toMatch(new RegExp(`^${id} ${answer.status} \\w.{10}`));
    }
  });

  test("shows as code what its sentences have in backquotes", async () => {
    const { text } = await request("/docs");
    expect(text).toMatch(/Lists take <code>limit<\/code> and <code>cursor<\/code>/);
    expect(textOf(text)).not.toContain("`");
  });
});

describe("numbers and rows", () => {
  test("a limit has digits only", async () => {
    for (const limit of ["0x10", "1e1", "%205", "+5", "", "٣"]) {
      expectProblem(await api.get(`/v1/communities?limit=${limit}`), 400, "invalid_request", "?limit");
    }
    expect((await api.get("/v1/communities?limit=010")).status).toBe(200);
  });

  test("a board's row reads in the order of a sentence", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const first = await made(joinBy(api, campaign.id, invite.code));
    await made(joinBy(api, campaign.id, first.invite.code));
    const board = await made(
      api.get(`/v1/campaigns/${campaign.id}/leaderboard?around=${first.participant.id}`),
    );
    for (const row of [...board.data, ...board.around]) {
      expect(Object.keys(row)).toEqual(["rank", "score", "participant", "reachedAt"]);
    }
  });

  test("a community's picture is one that its pages may show", async () => {
    const { community } = await mintCampaign(api);
    const show = (imageUrl: string) => api.patch(`/v1/communities/${community.id}`, { imageUrl });
    expectProblem(await show("http://example.com/x.png"), 400, "invalid_request", "/imageUrl");
    expect((await show("https://example.com/x.png")).status).toBe(200);
  });
});

describe("what the form begins with", () => {
  test("is the identity that people there are known by, and a browser's help for e-mail only", async () => {
    const { invite } = await mintCampaign(api);
    const open = (language: string, agent: string) =>
      new Browser(language).open(`/i/${invite.code}`, { headers: { "User-Agent": agent } });
    for (const [language, agent, type] of [
      ["en", "Mozilla/5.0", "email"],
      ["zh-CN", "Mozilla/5.0", "phone"],
      ["zh-CN", WECHAT, "wechat"],
      ["en", WECHAT, "wechat"],
    ] as const) {
      const { text } = await open(language, agent);
      const chosen = tagsOf(text, "option").filter(({ selected }) => selected === "");
      expect(chosen.map(({ value }) => value)).toEqual([type]);
      const input = tagsOf(text, "input").find(({ name }) => name === "identity.value");
      expect(input?.["autocomplete"]).toBe(type === "email" ? "email" : "off");
    }
  });

  test("is the community's language, where the reader's is none of ours", async () => {
    const { community, invite } = await mintCampaign(api);
    await made(api.patch(`/v1/communities/${community.id}`, { locale: "zh-CN" }));
    const langOf = async (language: string, query = "") =>
      tagsOf((await new Browser(language).open(`/i/${invite.code}${query}`)).text, "html")[0]?.["lang"];
    expect(await langOf("fr-FR,de;q=0.5")).toBe("zh-CN");
    expect(await langOf("*")).toBe("zh-CN");
    expect(await langOf("fr", "?lang=xx")).toBe("zh-CN");
    expect(await langOf("fr,en;q=0.1")).toBe("en");
    expect(await langOf("fr", "?lang=en")).toBe("en");
  });
});
