import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinAtGate, joinBy, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { inParallel } from "../support/load.ts";
import { decodeBoth } from "./support/decode.ts";
import { expectProblem, made } from "./support/expect.ts";
import { Browser, filledIn, textOf } from "./support/browser.ts";
import { bring, countedOf, land, mintRotating, scanAndJoin, scanLive, tokenIn } from "./support/rotating.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const usesOf = async (id: string): Promise<number> => (await made(api.get(`/v1/invites/${id}`))).uses;

describe("a join by a rotating invite", () => {
  test("needs the ticket of a scan, through every door", async () => {
    const { campaign, community, invite } = await mintRotating(api);
    const before = await countedOf(api, campaign.id, community.id, invite.id);
    expectProblem(await joinAtGate(invite.code, { identity: newIdentity() }), 403, "ticket_required");
    expectProblem(await bring(api, campaign.id, invite.code), 403, "ticket_required");
    for (const ticket of ["x".repeat(51), "0".repeat(51)]) {
      expectProblem(
        await joinAtGate(invite.code, { identity: newIdentity(), ticket }),
        400,
        "ticket_invalid",
        "/ticket",
      );
      expectProblem(await bring(api, campaign.id, invite.code, ticket), 400, "ticket_invalid", "/ticket");
    }
    expect(await countedOf(api, campaign.id, community.id, invite.id)).toEqual(before);
    expect((await made(scanAndJoin(api, invite.id))).outcome).toBe("joined");
    const { ticket } = await scanLive(api, invite.id);
    expect((await made(bring(api, campaign.id, invite.code, ticket))).outcome).toBe("joined");
  });

  test("does not take the ticket of another invite", async () => {
    const [mine, other] = [await mintRotating(api), await mintRotating(api)];
    const { ticket } = await scanLive(api, other.invite.id);
    expectProblem(
      await joinAtGate(mine.invite.code, { identity: newIdentity(), ticket }),
      400,
      "ticket_invalid",
    );
    expect((await made(joinAtGate(other.invite.code, { identity: newIdentity(), ticket }))).outcome).toBe(
      "joined",
    );
  });

  test("spends it once: of two people at once one is in, the other is told to scan", async () => {
    const { campaign, invite } = await mintRotating(api, { groups: [{ capacity: 50 }] });
    for (let round = 0; round < 5; round++) {
      const { ticket } = await scanLive(api, invite.id);
      const doors = [
        joinAtGate(invite.code, { identity: newIdentity(), ticket }),
        round % 2 === 0
          ? joinAtGate(invite.code, { identity: newIdentity(), ticket })
          : bring(api, campaign.id, invite.code, ticket),
      ];
      const answers = await Promise.all(doors);
      expect(answers.filter(({ json }) => json.outcome === "joined")).toHaveLength(1);
      const [refused] = answers.filter(({ status }) => status !== 200);
      expectProblem(refused as (typeof answers)[0], 409, "ticket_spent");
      expect(await usesOf(invite.id)).toBe(round + 1);
    }
  });

  test("again with the same ticket and identity is the same join", async () => {
    const { invite } = await mintRotating(api);
    const { ticket } = await scanLive(api, invite.id);
    const body = { identity: newIdentity(), ticket };
    const answers = await Promise.all(Array.from({ length: 6 }, () => made(joinAtGate(invite.code, body))));
    expect(answers.filter(({ outcome }) => outcome === "joined")).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === "already_joined")).toHaveLength(5);
    expect(new Set(answers.map(({ participant, pass }) => `${participant.id} ${pass}`)).size).toBe(1);
    expect(await usesOf(invite.id)).toBe(1);
  });

  test("works in a browser, where the ticket stands in the form", async () => {
    const { invite } = await mintRotating(api);
    const browser = new Browser("en");
    const page = await browser.open(new URL(invite.currentUrl).pathname);
    const answer = await browser.send(page, filledIn(newIdentity()));
    expect(answer.status, answer.text).toBe(303);
    const thief = await new Browser("en").send(page, filledIn(newIdentity()));
    expect(thief.status).toBe(409);
    expect(textOf(thief.text)).toContain("This scan already let somebody in. Please scan the code again.");
    const bare = await new Browser("zh-CN").open(`/i/${invite.code}`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(filledIn(newIdentity())).toString(),
    });
    expect(bare.status).toBe(403);
    expect(textOf(bare.text)).toContain("请先扫描屏幕上的二维码。");
  });

  test("a refusal at the gate spends nothing: the same ticket lets that person in afterwards", async () => {
    const gate = { kind: "answer", field: "title", label: "Title", op: "in", value: ["CEO"] };
    const { invite } = await mintRotating(api, { campaign: { gate } });
    const { ticket } = await scanLive(api, invite.id);
    const identity = newIdentity();
    const rejected = await made(joinAtGate(invite.code, { identity, ticket, answers: { title: "Clerk" } }));
    expect(rejected.outcome).toBe("rejected");
    const joined = await made(joinAtGate(invite.code, { identity, ticket, answers: { title: "CEO" } }));
    expect(joined.outcome).toBe("joined");
  });
});

describe("what link previews do", () => {
  const UNFURLERS = [
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "WhatsApp/2.23.20.0 A",
    "facebookexternalhit/1.1;line-poker/1.0",
    "Mozilla/5.0 (compatible; LarkUrl2PngBot/1.0)",
    "DingTalkBot-LinkService/1.0 (+https://open-doc.dingtalk.com/document/dingtalkbot-linkservice)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Twitterbot/1.0",
    "SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
  ];

  test("changes nothing that counts, and costs no ticket", async () => {
    const { campaign, community, invite } = await mintRotating(api, {
      groups: [{ capacity: 3 }],
      invite: { maxUses: 2 },
    });
    const { code, ticket } = await scanLive(api, invite.id);
    const token = tokenIn(invite.currentUrl);
    const path = `/i/${code}/${token}`;
    // That scan was by no browser: it is flagged, so nothing has been counted yet.
    const before = await countedOf(api, campaign.id, community.id, invite.id);
    for (const Accept of ["text/html", "*/*", "application/json"]) {
      for (const agent of UNFURLERS) {
        expect((await request(path, { headers: { "User-Agent": agent, Accept } })).status).toBe(200);
      }
    }
    const browser = {
      "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    };
    expect((await request(path, { method: "HEAD", headers: browser })).status).toBe(200);
    for (const [name, purpose] of [
      ["Purpose", "prefetch"],
      ["Sec-Purpose", "prefetch;prerender"],
      ["X-Moz", "prefetch"],
    ] as const) {
      expect((await request(path, { headers: { ...browser, [name]: purpose } })).status).toBe(200);
    }
    await new Promise((done) => setTimeout(done, 300));
    expect(await countedOf(api, campaign.id, community.id, invite.id)).toEqual(before);
    expect((await made(joinAtGate(code, { identity: newIdentity(), ticket }))).outcome).toBe("joined");
    expect((await made(scanAndJoin(api, invite.id))).outcome).toBe("joined");
    expectProblem(await land(code, token), 410, "invite_used_up");
  });
});

describe("use limits", () => {
  test("are exact under 40 joins at once, each with a scan of its own", async () => {
    const { campaign, invite } = await mintRotating(api, {
      groups: [{ capacity: 100 }],
      invite: { maxUses: 7 },
    });
    const token = tokenIn((await made(api.get(`/v1/invites/${invite.id}`))).currentUrl);
    const people = await inParallel(Array.from({ length: 40 }, newIdentity), 10, async (identity) => ({
      identity,
      ticket: (await made(land(invite.code, token))).ticket as string,
    }));
    const answers = await Promise.all(people.map((person) => joinAtGate(invite.code, person)));
    const outcomes = answers.map(({ status, json }) => (status === 200 ? json.outcome : json.code));
    expect(outcomes.filter((outcome) => outcome === "joined")).toHaveLength(7);
    expect(outcomes.filter((outcome) => outcome === "invite_used_up")).toHaveLength(33);
    for (const answer of answers.filter(({ status }) => status !== 200))
      expectProblem(answer, 410, "invite_used_up");
    expect(await usesOf(invite.id)).toBe(7);
    const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/participants?limit=100`));
    expect(data).toHaveLength(7);
    const again = await Promise.all(people.map((person) => joinAtGate(invite.code, person)));
    expect(again.filter(({ json }) => json.outcome === "already_joined")).toHaveLength(7);
    expect(await usesOf(invite.id)).toBe(7);
  });
});

describe("a participant of a rotating campaign", () => {
  test("has a page and a QR with the code of the moment, and its friends join by it", async () => {
    const rotation = { mode: "rotating", periodSeconds: 300 };
    const { campaign, invite } = await mintRotating(api, { campaign: { rotation }, invite: { rotation } });
    const joined = await made(scanAndJoin(api, invite.id));
    const pass = new URL(joined.pass).pathname;
    const page = await request(pass, { headers: { Accept: "application/json" } });
    expect(page.headers.get("Cache-Control")).toBe("no-store");
    expect(page.json.invite.code).toBe(joined.invite.code);
    expect(new URL(page.json.invite.url).pathname).toMatch(
      new RegExp(`^/i/${joined.invite.code}/[0-9a-z]{22}$`),
    );
    const image = await fetch(new URL(`${pass}/qr.png`, invite.url));
    expect(image.headers.get("Cache-Control")).toBe("no-store");
    const read = await decodeBoth(new Uint8Array(await image.arrayBuffer()));
    expect(read.jsqr).toBe(read.jsqr.toUpperCase());
    const { json, status } = await request(new URL(read.jsqr).pathname, {
      headers: { Accept: "application/json" },
    });
    expect(status).toBe(200);
    const friend = await made(
      joinAtGate(joined.invite.code, { identity: newIdentity(), ticket: json.ticket }),
    );
    expect(friend.participant).toMatchObject({ inviterId: joined.participant.id, depth: 1 });
    expectProblem(await joinBy(api, campaign.id, joined.invite.code), 403, "ticket_required");
  });
});
