import { transform } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { land, mintRotating } from "../http/support/rotating.ts";
import { made } from "../http/support/expect.ts";
import { type Api, mintWorkspace, request } from "../support/api.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** A rotating invite, and the page of a screen that shows it, as text. */
async function openHall() {
  const { invite } = await mintRotating(api);
  const { url } = await made(api.post(`/v1/invites/${invite.id}/displays`, { label: "hall" }));
  const { text } = await request(new URL(url).pathname, { headers: { Accept: "text/html" } });
  return { invite, text };
}

test("the screen's script is ES5, and uses nothing that an old Chromium lacks", async () => {
  const { text } = await openHall();
  const scripts = [...text.matchAll(/<script nonce="[^"]+">(.*?)<\/script>/gs)].map(
    ([, code]) => code as string,
  );
  expect(scripts).toHaveLength(1);
  const [script] = scripts as [string];
  // It refuses what it cannot turn into ES5, and leaves ES5 as it is.
  await transform(script, { target: "es5" });
  expect(script).not.toMatch(/=>|`|\b(let|const|class|async|await|of|import|export)\b|\.\.\.|\?\.|\?\?|\*\*/);
  expect(script).not.toMatch(/\b(Promise|fetch|Symbol|Map|Set|Proxy|AbortController|URL)\b/);
  expect(script).not.toMatch(
    /\.(append|remove|replaceWith|replaceChildren|includes|find|assign|padStart|closest)\(/,
  );
  // The check itself can tell: what is newer is refused.
  await expect(transform("const a = 1", { target: "es5" })).rejects.toThrow(/const/);
});

test("the screen's page tells nothing but to whoever has its link", async () => {
  const { text, invite } = await openHall();
  expect(text).not.toContain(invite.code);
  expect((await land(invite.code, null)).status).toBe(403);
});
