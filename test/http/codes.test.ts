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
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const asJson = (path: string) => request(path, { headers: { Accept: "application/json" } });

/** Asserts that a scan of the code is refused, for a program and for a person. */
async function expectRefused(code: string, status: number, problem: string): Promise<void> {
  expectProblem(await asJson(`/i/${code}`), status, problem);
  for (const [lang, words] of [
    ["en", /[A-Za-z]{3,}.*\./],
    ["zh-CN", /[\u4e00-\u9fff]{4,}/],
  ] as const) {
    const page = await new Browser(lang).open(`/i/${code}`);
    expect(page.status).toBe(status);
    expect(page.headers.get("Content-Type")).toMatch(/^text\/html/);
    expect(page.headers.get("Cache-Control")).toBe("no-store");
    expect(tagsOf(page.text, "html")[0]).toEqual({ lang });
    expect(textOf(page.text)).toContain(problem);
    expect(textOf(page.text).replace(problem, "")).toMatch(words);
  }
}

describe("codes that let nobody in", () => {
  test("unknown and malformed ones", async () => {
    await expectRefused("23456789bcd", 404, "invite_not_found");
    const malformed = [
      "x",
      "a".repeat(300),
      "'%20OR%201=1--",
      "%00",
      "%E2%80%AE",
      "..%2f..%2fetc",
      "%F0%9F%98%80",
    ];
    for (const code of malformed) await expectRefused(code, 404, "invite_not_found");
    for (const code of ["23456789bcd", ...malformed]) {
      expectProblem(await joinAtGate(code, { identity: newIdentity() }), 404, "invite_not_found");
    }
  });

  test("revoked, expired and used up ones are gone", async () => {
    const { campaign, invite } = await mintCampaign(api, { invite: { maxUses: 1 } });
    await made(joinBy(api, campaign.id, invite.code));
    const mint = (more: object) =>
      made(api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "x", ...more }));
    const [revoked, expired] = [await mint({}), await mint({ expiresAt: hoursFromNow(-1) })];
    await made(api.post(`/v1/invites/${revoked.id}/revoke`));
    for (const [code, problem] of [
      [invite.code, "invite_used_up"],
      [revoked.code, "invite_revoked"],
      [expired.code, "invite_expired"],
    ]) {
      await expectRefused(code, 410, problem);
      expectProblem(await joinAtGate(code, { identity: newIdentity() }), 410, problem);
    }
  });

  test("one is read as it is typed: in any case, with blanks and hyphens", async () => {
    const { invite } = await mintCampaign(api);
    const { code } = invite;
    for (const typed of [code.toUpperCase(), `${code.slice(0, 5)}-${code.slice(5)}`, ` ${code} `]) {
      expect((await asJson(`/i/${encodeURIComponent(typed)}`)).json.invite.code).toBe(code);
      expect((await asJson(`/I/${encodeURIComponent(typed)}`)).status).toBe(200);
    }
    const joined = await joinAtGate(code.toUpperCase(), { identity: newIdentity() });
    expect(joined.json.outcome).toBe("joined");
  });
});

describe("campaigns that take nobody", () => {
  const EMPTY = { participant: null, group: null, invite: null, pass: null, waitlist: null };

  async function expectClosed(minted: { campaign: { id: string }; invite: { code: string } }, code: string) {
    const { campaign, invite } = minted;
    const status = code === "campaign_over" ? 410 : 409;
    await expectRefused(invite.code, status, code);
    const answers = [
      await joinAtGate(invite.code, { identity: newIdentity() }),
      await joinBy(api, campaign.id, invite.code),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ outcome: "closed", code, ...EMPTY });
      expect(answer.json.reasons).toMatchObject([{ criterion: "campaign", result: "fail" }]);
    }
    expect((await made(api.get(`/v1/campaigns/${campaign.id}/ledger`))).data).toEqual([]);
  }

  test("a draft, and one whose window has not begun, are not open", async () => {
    await expectClosed(await mintCampaign(api, { publish: false }), "campaign_not_open");
    const startsAt = hoursFromNow(1);
    await expectClosed(await mintCampaign(api, { campaign: { startsAt } }), "campaign_not_open");
  });

  test("a paused one is paused until it is resumed", async () => {
    const minted = await mintCampaign(api);
    const path = `/v1/campaigns/${minted.campaign.id}`;
    await made(api.post(`${path}/pause`));
    await expectClosed(minted, "campaign_paused");
    await made(api.post(`${path}/resume`));
    expect((await joinAtGate(minted.invite.code, { identity: newIdentity() })).json.outcome).toBe("joined");
  });

  test("one that was ended, or whose window is over, is over", async () => {
    const ended = await mintCampaign(api);
    await made(api.post(`/v1/campaigns/${ended.campaign.id}/end`));
    await expectClosed(ended, "campaign_over");
    const past = await mintCampaign(api, { campaign: { startsAt: hoursFromNow(-2) } });
    await made(api.patch(`/v1/campaigns/${past.campaign.id}`, { endsAt: hoursFromNow(-1) }));
    await expectClosed(past, "campaign_over");
  });

  test("whoever is in stays in: their retry and their page answer as before", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const identity = newIdentity();
    const joined = await made(joinBy(api, campaign.id, invite.code, identity));
    await made(api.post(`/v1/campaigns/${campaign.id}/end`));
    const again = await made(joinBy(api, campaign.id, invite.code, identity));
    expect(again).toEqual({ ...joined, outcome: "already_joined", reasons: [] });
    expect((await asJson(new URL(joined.pass).pathname)).status).toBe(200);
    await expectRefused(joined.invite.code, 410, "campaign_over");
  });
});

describe("places that do not exist", () => {
  test("are told as a problem, or to a person as a page", async () => {
    for (const path of ["/v2/x", "/openapi.yaml", "/i", "/p", "/i/x/y/z", "//", "/%", "/%ff", "/i/%ff/%ff"]) {
      const answer = await asJson(path);
      expectProblem(answer, 404, answer.json?.code === "invite_not_found" ? "invite_not_found" : "not_found");
    }
    const page = await new Browser().open("/i/a/b/c");
    expect(page.status).toBe(404);
    expect(textOf(page.text)).toContain("not_found");
    expectProblem(await api.get("/v1/nothing"), 404, "not_found");
    expect((await asJson("/healthz")).json).toEqual({ status: "ok" });
  });
});
