import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, test } from "vitest";
import { type Api, joinAtGate, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { Browser, textOf } from "./support/browser.ts";
import { land, mintRotating, tokenIn } from "./support/rotating.ts";

const PERIOD = 5;

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** Waits until some milliseconds into a step. */
async function until(step: number, into = 400): Promise<void> {
  await setTimeout(Math.max(0, step * PERIOD * 1000 + into - Date.now()));
}

/** A step that has just begun, so that what follows is in it. */
async function freshStep(): Promise<number> {
  const step = Math.floor(Date.now() / (PERIOD * 1000)) + 1;
  await until(step);
  return step;
}

const mint = () => mintRotating(api, { invite: { rotation: { mode: "rotating", periodSeconds: PERIOD } } });

describe.concurrent("as time goes by", () => {
  test("a code lives its own period and the next, then dies; its ticket lives on", async ({ expect }) => {
    const { invite } = await mint();
    const first = await freshStep();
    const { currentUrl } = await made(api.get(`/v1/invites/${invite.id}`));
    const token = tokenIn(currentUrl);
    const { ticket } = await made(land(invite.code, token));
    await until(first + 1);
    const next = tokenIn((await made(api.get(`/v1/invites/${invite.id}`))).currentUrl);
    expect(next).not.toBe(token);
    expect((await land(invite.code, token)).status).toBe(200);
    expect((await land(invite.code, next)).status).toBe(200);
    await until(first + 2);
    expectProblem(await land(invite.code, token), 410, "token_expired");
    expect((await land(invite.code, next)).status).toBe(200);
    for (const [language, words] of [
      ["en", "Scan the one that it shows now."],
      ["zh-CN", "请重新扫描"],
    ] as const) {
      const page = await new Browser(language).open(`/i/${invite.code}/${token}`);
      expect(page.status).toBe(410);
      expect(textOf(page.text)).toContain(words);
    }
    expect((await made(joinAtGate(invite.code, { identity: newIdentity(), ticket }))).outcome).toBe("joined");
  });

  test("each code that a screen holds is good from its own step on, and not before", async ({ expect }) => {
    const { invite } = await mint();
    const display = await made(api.post(`/v1/invites/${invite.id}/displays`, {}));
    const first = await freshStep();
    const { pathname } = new URL(display.url);
    const { codes } = await made(request(pathname, { headers: { Accept: "application/json" } }));
    expect(codes[0].from).toBe(first * PERIOD * 1000);
    for (let step = 0; step < 3; step++) {
      await until(first + step);
      for (const [i, { token }] of codes.entries()) {
        const answer = await land(invite.code, token);
        if (i > step) expectProblem(answer, 403, "token_future");
        else if (i < step - 1) expectProblem(answer, 410, "token_expired");
        else expect(answer.status, `code ${i} in step ${step}`).toBe(200);
      }
    }
  });
});
