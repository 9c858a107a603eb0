import { beforeAll, describe, expect, test } from "vitest";
import {
  type Answer,
  type Api,
  joinAtGate,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { Browser, filledIn, tagsOf, textOf } from "./support/browser.ts";
import { expectProblem, made } from "./support/expect.ts";

/** What a stranger hears of somebody who is in: this and not a word more. */
const NOTHING = {
  outcome: "already_joined",
  participant: null,
  group: null,
  invite: null,
  pass: null,
  application: null,
  waitlist: null,
  code: null,
  fallback: [],
  reasons: [],
};

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const scan = async (code: string): Promise<string> =>
  (await request(`/i/${code}`, { headers: { Accept: "application/json" } })).json.ticket;
const ownPage = async (pass: string) =>
  (await request(new URL(pass).pathname, { headers: { Accept: "application/json" } })).json;
const cookieOf = (answer: Answer): string => (answer.headers.getSetCookie()[0] ?? "").split(";")[0] as string;

describe("somebody else's identity, typed at the public gate", () => {
  test("tells nothing of them, whatever is sent beside it, and changes nothing", async () => {
    const { invite, campaign } = await mintCampaign(api);
    const identity = newIdentity();
    const joined = await joinAtGate(invite.code, { identity, ticket: await scan(invite.code) });
    const friend = await joinAtGate(joined.json.invite.code, { identity: newIdentity() });
    const before = (await api.get(`/v1/campaigns/${campaign.id}/participants`)).text;
    const own = joined.json.invite.code;
    const attempts = [
      await joinAtGate(invite.code, { identity }),
      await joinAtGate(invite.code, { identity: { ...identity, value: ` ${identity.value.toUpperCase()}` } }),
      await joinAtGate(invite.code, { identity, ticket: await scan(invite.code), displayName: "Mallory" }),
      await joinAtGate(own, { identity, ticket: await scan(own) }),
      await joinAtGate(invite.code, { identity, recoveryCode: "0000-0000-0000" }),
      await joinAtGate(invite.code, {
        identity,
        recoveryCode: (await ownPage(friend.json.pass)).recoveryCode,
      }),
      await joinAtGate(invite.code, { identity }, { Cookie: cookieOf(friend) }),
      await joinAtGate(invite.code, { identity }, { Cookie: cookieOf(joined).slice(0, -1) }),
      await joinAtGate(invite.code, { identity }, { Cookie: `${cookieOf(joined).split("=")[0]}=%00%ff` }),
    ];
    for (const answer of attempts) {
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual(NOTHING);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    const headers = attempts.map(({ headers: h }) => [...h.keys()].sort((a, b) => a.localeCompare(b)).join());
    expect(new Set(headers).size).toBe(1);
    expect((await api.get(`/v1/campaigns/${campaign.id}/participants`)).text).toBe(before);
  });

  test("in a browser ends on a page that has no link of theirs, and says how to come back in", async () => {
    const { invite } = await mintCampaign(api);
    const identity = newIdentity();
    const joined = await made(joinAtGate(invite.code, { identity, displayName: "Zhang Secret" }));
    const stranger = new Browser();
    const page = await stranger.send(await stranger.open(`/i/${invite.code}`), filledIn(identity));
    expect(page.status).toBe(200);
    expect(textOf(page.text)).toMatch(/already joined.*recovery code/i);
    for (const secret of [
      joined.pass.split("/p/")[1],
      joined.invite.code,
      "example.com/1",
      "Zhang",
      identity.value,
    ]) {
      expect(page.text).not.toContain(secret);
    }
    expect(tagsOf(page.text, "a").map(({ href }) => href)).not.toContain(expect.stringContaining("/p/"));
  });

  test("whose gate answers are wrong hears of the gate only, as anybody would", async () => {
    const { invite } = await mintCampaign(api, { campaign: { gate: { kind: "accessCode" } } });
    const { invite: open, campaign } = await mintCampaign(api);
    const identity = newIdentity();
    await made(joinBy(api, campaign.id, open.code, identity));
    const known = await joinAtGate(open.code, { identity, acknowledged: false });
    const unknown = await joinAtGate(open.code, { identity: newIdentity(), acknowledged: false });
    expect(known.json).toEqual(unknown.json);
    expect((await joinAtGate(invite.code, { identity })).json.outcome).toBe("rejected");
  });

  test("one of ten people who type one new identity at once is in; nine learn nothing", async () => {
    const { invite, campaign } = await mintCampaign(api);
    const identity = newIdentity();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => made(joinAtGate(invite.code, { identity }))),
    );
    const others = answers.filter(({ outcome }) => outcome !== "joined");
    expect(others).toEqual(Array.from({ length: 9 }, () => NOTHING));
    expect((await made(api.get(`/v1/campaigns/${campaign.id}/participants`))).data).toHaveLength(1);
  });
});

describe("the person themselves", () => {
  test("gets the full answer by cookie, by recovery code, and through a trusted server", async () => {
    const { invite, campaign } = await mintCampaign(api);
    const identity = newIdentity();
    const first = await joinAtGate(invite.code, { identity });
    const full = { ...first.json, outcome: "already_joined", reasons: [] };
    const { recoveryCode } = await ownPage(first.json.pass);
    const typed = ` ${recoveryCode.replace(/(.{4})/g, "$1-")}`.toUpperCase();
    const answers = [
      await joinAtGate(invite.code, { identity }, { Cookie: cookieOf(first) }),
      await joinAtGate(invite.code, { identity, recoveryCode }),
      await joinAtGate(invite.code, { identity, recoveryCode: typed }),
      await joinBy(api, campaign.id, invite.code, identity),
    ];
    for (const answer of answers) expect(answer.json).toEqual(full);
    expect(cookieOf(answers[1] as Answer)).toBe(cookieOf(first));
  });

  test("has a recovery code that opens nothing for another identity", async () => {
    const { invite } = await mintCampaign(api);
    const first = await made(joinAtGate(invite.code, { identity: newIdentity() }));
    const { recoveryCode } = await ownPage(first.pass);
    const other = await made(joinAtGate(invite.code, { identity: newIdentity(), recoveryCode }));
    expect(other.outcome).toBe("joined");
    expect(other.participant.id).not.toBe(first.participant.id);
  });
});

describe("raw identities", () => {
  test("stand in no answer of the API, on no page and in no URL", async () => {
    const { invite, campaign } = await mintCampaign(api, { campaign: { gate: { kind: "accessCode" } } });
    const path = `/v1/campaigns/${campaign.id}`;
    const who = [
      { type: "email", value: "zhangxiaowei@private.example" },
      { type: "phone", value: "13912345678" },
      { type: "custom", value: "A77810425-passport" },
    ];
    const codes = await Promise.all(
      who.map((recipient) =>
        made(api.post(`${path}/access-codes`, { recipient })).then(({ data }) => data[0]),
      ),
    );
    let seen = JSON.stringify(codes);
    for (const [i, identity] of who.entries()) {
      const browser = new Browser();
      const landing = await browser.open(`/i/${invite.code}`);
      const refused = await browser.send(landing, filledIn(identity, { accessCode: "x" }));
      const sent = await browser.send(landing, filledIn(identity, { accessCode: codes[i].code }));
      const page = await browser.open(sent.headers.get("Location") ?? "");
      expect(page.status).toBe(200);
      // The form comes back to its sender with what they typed in that field, and nowhere else.
      const echoed = refused.text.split(`value="${identity.value}"`);
      expect(echoed).toHaveLength(2);
      seen += [...echoed, JSON.stringify([...refused.headers, ...sent.headers]), page.text].join("\n");
      const joined = await joinBy(api, campaign.id, invite.code, identity, { accessCode: codes[i].code });
      const { id } = joined.json.participant;
      for (const more of ["", "/tree", "/children", "/ancestors", "/path", "/export"])
        seen += (await api.get(`/v1/participants/${id}${more}`)).text;
      seen += joined.text;
    }
    for (const list of [
      "participants",
      "leaderboard",
      "ledger",
      "ledger?format=csv",
      "funnel",
      "invites",
      "access-codes",
    ]) {
      seen += (await api.get(`${path}/${list}`)).text;
    }
    expect(seen).not.toMatch(
      // Parts of eight characters: shorter ones come up by chance in codes and passes.
      /zhangxia|xiaowei@|private\.example|1391234|12345678|a7781042|passport|identityHash|recipientHash/i,
    );
  });

  test("are never taken from a URL", async () => {
    const { invite } = await mintCampaign(api);
    const { text } = await new Browser().open(`/i/${invite.code}?identity.value=zhang%40private.example`);
    expect(text).not.toContain("private.example");
    const query = `/i/${invite.code}?identity.type=email&identity.value=a%40private.example&acknowledged=true`;
    const posted = await request(query, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      body: "",
    });
    expectProblem(posted, 400, "invalid_request", "/identity");
  });
});
