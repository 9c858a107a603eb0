import { beforeAll, describe, expect, test } from "vitest";
import { type Api, mintCampaign, mintWorkspace, request } from "../support/api.ts";
import { decodeBoth } from "./support/decode.ts";
import { expectProblem, made } from "./support/expect.ts";
import { Browser, textOf } from "./support/browser.ts";
import { land, mintRotating, scanLive, tokenIn } from "./support/rotating.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

/** A token with another character at a place. */
const altered = (token: string, at: number): string => {
  const other = DIGITS[(DIGITS.indexOf(token[at] as string) + 7) % 32];
  return token.slice(0, at) + other + token.slice(at + 1);
};

/** Makes rotating invites until one's token differs at a tag: tags have 10 bits, so two may be alike. */
async function tokenUnlike(mine: string, from: number, mint: () => ReturnType<typeof mintRotating>) {
  for (let round = 0; round < 5; round++) {
    const token = tokenIn((await mint()).invite.currentUrl);
    if (token.slice(from, from + 2) !== mine.slice(from, from + 2)) return token;
  }
  throw new Error("five tags alike");
}

describe("which invites rotate", () => {
  test("one that says so, with its period; its QR leads to the code of the moment", async () => {
    const { invite, campaign } = await mintCampaign(api, {
      invite: { channel: "screen", rotation: { mode: "rotating", periodSeconds: 60 } },
    });
    expect(invite).toMatchObject({ periodSeconds: 60, rotation: { mode: "rotating", periodSeconds: 60 } });
    const { pathname } = new URL(invite.currentUrl);
    expect(pathname).toMatch(new RegExp(`^/i/${invite.code}/[0-9a-z]{22}$`));
    expect(new URL(invite.url).pathname).toBe(`/i/${invite.code}`);
    const post = (rotation: object) =>
      api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "screen", rotation });
    expect(await made(post({ mode: "rotating" }))).toMatchObject({ periodSeconds: 15 });
    for (const periodSeconds of [0, 4, 301, 7.5, "15"]) {
      expectProblem(
        await post({ mode: "rotating", periodSeconds }),
        400,
        "invalid_request",
        "/rotation/periodSeconds",
      );
    }
  });

  test("all of a campaign that says so, members' too, but not one that says otherwise", async () => {
    const { invite, campaign } = await mintCampaign(api, {
      campaign: { rotation: { mode: "rotating", periodSeconds: 300 } },
    });
    expect(invite).toMatchObject({ periodSeconds: 300, rotation: null });
    const printed = await made(
      api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "poster", rotation: { mode: "static" } }),
    );
    expect(printed).toMatchObject({ periodSeconds: null, currentUrl: null, rotation: { mode: "static" } });
    expect((await land(printed.code, null)).status).toBe(200);
    expectProblem(await land(printed.code, tokenIn(invite.currentUrl)), 404, "invite_not_found");
    expectProblem(await land(invite.code, null), 403, "token_required");
    const changed = await api.patch(`/v1/campaigns/${campaign.id}`, { rotation: { mode: "static" } });
    expect(changed.status, changed.text).toBe(200);
    expect((await land(invite.code, null)).status).toBe(200);
  });

  test("a static invite has none of it", async () => {
    const { invite } = await mintCampaign(api);
    expect(invite).toMatchObject({ periodSeconds: null, currentUrl: null });
  });

  test("the QR images carry the code of the moment, in capitals, and are never kept", async () => {
    const { invite } = await mintRotating(api);
    for (const format of ["svg", "png"]) {
      const before = (await made(api.get(`/v1/invites/${invite.id}`))).currentUrl;
      const response = await fetch(new URL(`/v1/invites/${invite.id}/qr.${format}`, invite.url), {
        headers: { Authorization: `Bearer ${api.key}` },
      });
      const after = (await made(api.get(`/v1/invites/${invite.id}`))).currentUrl;
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      const bytes = new Uint8Array(await response.arrayBuffer());
      const read = await decodeBoth(format === "svg" ? new TextDecoder().decode(bytes) : bytes);
      expect([before.toUpperCase(), after.toUpperCase()]).toContain(read.jsqr);
      expect(read.zxing).toEqual([read.jsqr]);
      const { pathname } = new URL(read.jsqr);
      expect((await request(pathname, { headers: { Accept: "application/json" } })).status).toBe(200);
    }
  });
});

describe("the landing page of a rotating invite", () => {
  test("opens with the code of the moment, in any case and however it was typed", async () => {
    const { invite } = await mintRotating(api);
    const token = tokenIn(invite.currentUrl);
    const look = token.replace(/0/g, "o").replace(/1/g, "l");
    for (const text of [token, token.toUpperCase(), look, look.toUpperCase()]) {
      const { json, status } = await land(invite.code.toUpperCase(), text);
      expect(status).toBe(200);
      expect(json).toMatchObject({
        invite: { code: invite.code },
        ticket: expect.any(String),
        seatsLeft: 10,
      });
    }
    const upper = await request(`/I/${invite.code.toUpperCase()}/${token.toUpperCase()}`);
    expect(upper.status).toBe(200);
  });

  test("is refused without a code, and with one that is not whole", async () => {
    const { invite } = await mintRotating(api);
    const token = tokenIn(invite.currentUrl);
    expectProblem(await land(invite.code, null), 403, "token_required");
    for (const text of [token.slice(1), `${token}0`, "x", token.replace(/^./, "u"), "%F0%9F%98%80", "%20"]) {
      expectProblem(await land(invite.code, text), 400, "token_malformed");
    }
  });

  test("refuses a code that was altered at any place, as what it then is", async () => {
    const { invite } = await mintRotating(api);
    const token = tokenIn(invite.currentUrl);
    for (let at = 0; at < token.length; at++) {
      const code = at === 0 ? "token_key_retired" : at < 5 || at > 8 ? "token_invalid" : null;
      const expected = code ?? (at < 7 ? "token_foreign_workspace" : "token_foreign_invite");
      expectProblem(
        await land(invite.code, altered(token, at)),
        expected === "token_key_retired" ? 410 : 403,
        expected,
      );
    }
    expect((await land(invite.code, token)).status).toBe(200);
  });

  test("refuses the code of another invite, and of another organiser", async () => {
    const { invite } = await mintRotating(api);
    const mine = tokenIn(invite.currentUrl);
    const other = await mintWorkspace();
    const neighbour = await tokenUnlike(mine, 7, () => mintRotating(api));
    const stranger = await tokenUnlike(mine, 5, () => mintRotating(other));
    expectProblem(await land(invite.code, neighbour), 403, "token_foreign_invite");
    expectProblem(await land(invite.code, stranger), 403, "token_foreign_workspace");
  });

  test("refuses a code made for another period of the same invite", async () => {
    const { invite, campaign } = await mintCampaign(api, {
      campaign: { rotation: { mode: "rotating", periodSeconds: 300 } },
    });
    const token = tokenIn(invite.currentUrl);
    await made(
      api.patch(`/v1/campaigns/${campaign.id}`, { rotation: { mode: "rotating", periodSeconds: 299 } }),
    );
    expectProblem(await land(invite.code, token), 403, "token_invalid");
    await scanLive(api, invite.id);
  });

  const SPOKEN = {
    en: /scan the (one|code)|on the screen/i,
    "zh-CN": /扫描屏幕上/,
  } as const;

  test.each(["en", "zh-CN"] as const)("tells a person in %s how to get a fresh one", async (language) => {
    const { invite } = await mintRotating(api);
    const token = tokenIn(invite.currentUrl);
    const browser = new Browser(language);
    for (const [path, status] of [
      ["", 403],
      ["/x", 400],
      [`/${altered(token, 20)}`, 403],
      [`/${altered(token, 5)}`, 403],
      [`/${altered(token, 7)}`, 403],
      [`/${altered(token, 0)}`, 410],
    ] as const) {
      const page = await browser.open(`/i/${invite.code}${path}`);
      expect(page.status, path).toBe(status);
      expect(page.headers.get("Content-Type")).toMatch(/^text\/html/);
      expect(page.headers.get("Cache-Control")).toBe("no-store");
      expect(page.text).toContain(`lang="${language}"`);
      expect(textOf(page.text), path).toMatch(SPOKEN[language]);
      expect(page.text).not.toContain("<form");
    }
    const good = await browser.open(`/i/${invite.code}/${token}`);
    expect(good.status).toBe(200);
    expect(good.text).toContain("<form");
  });
});
