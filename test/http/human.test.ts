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
import { solve } from "../support/proof.ts";
import { Browser, filledIn, tagsOf, textOf } from "./support/browser.ts";
import { askCode, messageTo } from "./support/contacts.ts";
import { expectProblem } from "./support/expect.ts";

const BITS = 10;
const PROOF = { kind: "human", difficulty: BITS };
const TURNSTILE = { kind: "human", by: "turnstile" };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const mint = (gate: unknown) => mintCampaign(api, { campaign: { gate } });
const open = async (code: string) =>
  (await request(`/i/${code}`, { headers: { Accept: "application/json" } })).json;

/** What a page works out for an identity, at an invite. */
const prove = async (code: string, { type, value }: { type: string; value: string }): Promise<string> =>
  solve((await open(code)).challenge.text, type, value, BITS);

// oxlint-disable-next-line typescript/no-explicit-any
const codeOf = ({ json }: { json: any }): string => json.reasons.at(-1).code;

describe("a proof of work", () => {
  test("is asked for by the landing, and lets in; without one the answer says what to do", async () => {
    const { invite } = await mint(PROOF);
    const landing = await open(invite.code);
    expect(landing.challenge).toEqual({
      by: "proof",
      difficulty: BITS,
      text: expect.stringMatching(/^[0-9a-z]{29}$/),
    });
    const identity = newIdentity();
    const without = await joinAtGate(invite.code, { identity });
    expect(without.json).toMatchObject({ outcome: "rejected", application: null });
    expect(without.json.reasons.at(-1)).toMatchObject({ code: "human_missing", next: { kind: "proof" } });
    const joined = await joinAtGate(invite.code, { identity, proof: await prove(invite.code, identity) });
    expect(joined.json.outcome).toBe("joined");
    expect(joined.headers.get("X-Round-Trips")).toBe("2");
  });

  test("is good for one identity, however it was typed, and at one campaign", async () => {
    const { invite } = await mint(PROOF);
    const other = await mint(PROOF);
    const [anna, bert] = [newIdentity(), newIdentity()];
    const proof = await prove(invite.code, { ...anna, value: ` ${anna.value.toUpperCase()}` });
    const answers = [
      await joinAtGate(invite.code, { identity: bert, proof }),
      await joinAtGate(invite.code, { identity: { type: "custom", value: anna.value }, proof }),
      await joinAtGate(other.invite.code, { identity: anna, proof }),
      await joinAtGate(invite.code, { identity: anna, proof: `${proof}x` }),
      await joinAtGate(invite.code, { identity: anna, proof: "x" }),
    ];
    expect(answers.map(codeOf)).toEqual(Array.from({ length: 5 }, () => "human_wrong"));
    expect((await joinAtGate(invite.code, { identity: anna, proof })).json.outcome).toBe("joined");
  });

  test("lets a campaign without it be as it was: no challenge, no script", async () => {
    const { invite } = await mint(null);
    expect(await open(invite.code)).not.toHaveProperty("challenge");
    const page = await new Browser().open(`/i/${invite.code}`);
    expect(page.text).not.toContain("<script");
    expect(page.headers.get("Content-Security-Policy")).not.toContain("script-src");
  });

  test("is done by the page's own script: marked anew for each visitor, and nothing else may run", async () => {
    const { invite } = await mint(PROOF);
    const marks = [];
    const challenges = new Set();
    for (let n = 0; n < 2; n++) {
      const page = await new Browser().open(`/i/${invite.code}`);
      const [script] = tagsOf(page.text, "script");
      const policy = page.headers.get("Content-Security-Policy");
      expect(policy).toContain(`; script-src 'nonce-${script?.["nonce"]}'`);
      expect(policy).toContain("default-src 'none'");
      expect(textOf(page.text)).toContain("needs JavaScript");
      marks.push(script?.["nonce"]);
      const [input] = tagsOf(page.text, "input").filter(({ name }) => name === "proof");
      expect(input).toMatchObject({ type: "hidden", value: "", "data-bits": String(BITS) });
      challenges.add(input?.["data-challenge"]);
    }
    expect(new Set(marks).size).toBe(2);
    expect(challenges.size).toBe(2);
  });

  test("stays in a form that comes again for another reason, and not where it did not do", async () => {
    const title = { kind: "answer", field: "title", label: "Title", op: "eq", value: "CEO" };
    const { invite } = await mint({ all: [PROOF, title] });
    const identity = newIdentity();
    const browser = new Browser();
    const landing = await browser.open(`/i/${invite.code}`);
    const proof = await prove(invite.code, identity);
    const proofIn = (text: string) => tagsOf(text, "input").find(({ name }) => name === "proof")?.["value"];
    const kept = await browser.send(landing, filledIn(identity, { proof, "answers.title": "Student" }));
    expect(proofIn(kept.text)).toBe(proof);
    expect(kept.headers.get("Content-Security-Policy")).toContain("script-src 'nonce-");
    const refused = await browser.send(
      landing,
      filledIn(identity, { proof: "wrong", "answers.title": "CEO" }),
    );
    expect(proofIn(refused.text)).toBe("");
    const joined = await browser.send(kept, filledIn(identity, { proof, "answers.title": "CEO" }));
    expect(joined.headers.get("Location")).toMatch(/^\/p\//);
  });

  test("is kept with an application: whoever is approved need not prove it again; another's does not count", async () => {
    const { invite, campaign } = await mint({
      any: [{ all: [PROOF, { kind: "review" }] }, { all: [{ kind: "review", queue: "other" }, PROOF] }],
    });
    const identity = newIdentity();
    const applied = await joinAtGate(invite.code, { identity, proof: await prove(invite.code, identity) });
    expect(applied.json.outcome).toBe("pending");
    const { data } = (await api.get(`/v1/campaigns/${campaign.id}/reviews`)).json;
    await api.post(`/v1/reviews/${data[0].id}/approve`, {});
    const { pathname } = new URL(applied.json.application);
    await request(pathname, { method: "POST" });
    const seen = await request(pathname, { headers: { Accept: "application/json" } });
    expect(seen.json.state).toBe("admitted");
    const unproved = await joinAtGate(invite.code, { identity: newIdentity() });
    expect(unproved.json.outcome).toBe("rejected");
  });

  test("stands before a code that is sent, where the gate asks for both", async () => {
    const { invite } = await mint({ all: [PROOF, { kind: "verifiedContact" }] });
    const identity = newIdentity();
    expectProblem(await askCode(invite.code, identity), 403, "proof_required");
    const proof = await prove(invite.code, identity);
    expectProblem(await askCode(invite.code, newIdentity(), { proof }), 403, "proof_required");
    expect((await askCode(invite.code, identity, { proof })).status).toBe(202);
    const { code } = await messageTo(identity.value);
    const joined = await joinAtGate(invite.code, { identity, proof, contactCode: code });
    expect(joined.json.outcome).toBe("joined");
    const page = await new Browser().open(`/i/${invite.code}/contact`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(filledIn(newIdentity())).toString(),
    });
    expect(page.status).toBe(403);
    expect(textOf(page.text)).toContain("The automatic check is not done yet.");
  });

  test("is not asked of a trusted server, where the gate says so", async () => {
    const trusting = await mint({ ...PROOF, trustServer: true });
    expect((await joinBy(api, trusting.campaign.id, trusting.invite.code)).json.outcome).toBe("joined");
    const strict = await mint(PROOF);
    const refused = await joinBy(api, strict.campaign.id, strict.invite.code);
    expect(codeOf(refused)).toBe("human_missing");
  });
});

describe("Turnstile", () => {
  const token = (word: string) => `${word}-${Math.random()}`;

  test("is asked by the server, once for a token, and lets in whom it knows", async () => {
    const { invite } = await mint(TURNSTILE);
    expect((await open(invite.code)).challenge).toMatchObject({ by: "turnstile", text: "site-key" });
    const good = token("good");
    const joined = await joinAtGate(invite.code, { identity: newIdentity(), proof: good });
    expect(joined.json.outcome).toBe("joined");
    expect(joined.json.reasons.at(-1).code).toBe("human_proved");
    const attempts = [good, token("bad"), token("broken")];
    const codes = [];
    for (const proof of attempts)
      codes.push(codeOf(await joinAtGate(invite.code, { identity: newIdentity(), proof })));
    expect(codes).toEqual(["human_wrong", "human_wrong", "human_unavailable"]);
  });

  test("has its own script and frame on the page, and nobody else's", async () => {
    const { invite } = await mint(TURNSTILE);
    const page = await new Browser().open(`/i/${invite.code}`);
    const policy = page.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toMatch(
      /script-src 'nonce-\w+' https:\/\/challenges\.cloudflare\.com; frame-src https:\/\/challenges\.cloudflare\.com/,
    );
    expect(page.text).toContain('data-sitekey="site-key"');
    expect(page.text).toContain('data-response-field-name="proof"');
  });

  test("has the work in its place where the gate takes either", async () => {
    const { invite } = await mint({ any: [TURNSTILE, PROOF] });
    const identity = newIdentity();
    expect((await open(invite.code)).challenge.by).toBe("proof");
    const joined = await joinAtGate(invite.code, { identity, proof: await prove(invite.code, identity) });
    expect(joined.json.outcome).toBe("joined");
  });
});
