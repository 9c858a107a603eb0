import { afterAll, beforeAll, expect, test } from "vitest";
import { formatId } from "../../src/domain/id.ts";
import { Problem } from "../../src/domain/problem.ts";
import { stepAt, TOKEN_LENGTH } from "../../src/domain/token.ts";
import { demandToken, type Rotor, tokenOf } from "../../src/services/tokens.ts";
import { openPorts } from "../support/ports.ts";

const TOKENS = 1_000_000;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

let opened: Awaited<ReturnType<typeof openPorts>>;
beforeAll(async () => {
  opened = await openPorts({ now: Date.parse("2026-05-01T12:00:00Z") });
});
afterAll(() => opened.close());

test("1,000,000 forged or altered tokens: none accepted", async () => {
  const { ports } = opened;
  const rotor: Rotor = {
    workspaceId: formatId("workspace", 3),
    inviteId: formatId("invite", 4),
    periodSeconds: 15,
    key: { version: 1, rotatedAt: null },
  };
  const good = await tokenOf(ports, rotor, stepAt(ports.now(), 15));
  await demandToken(ports, rotor, good);
  const random = (n: number) => Math.floor(Math.random() * n);
  const digits = (n: number) => Array.from({ length: n }, () => ALPHABET[random(32)]).join("");
  const kinds = [
    // One character changed; a new hash; a new step and hash; everything made up.
    () => {
      const at = random(TOKEN_LENGTH);
      const other = ALPHABET[(ALPHABET.indexOf(good[at] as string) + 1 + random(31)) % 32];
      return good.slice(0, at) + other + good.slice(at + 1);
    },
    () => good.slice(0, 9) + digits(13),
    () => good[0] + digits(4) + good.slice(5, 9) + digits(13),
    () => digits(TOKEN_LENGTH),
  ];
  let refused = 0;
  for (let i = 0; i < TOKENS; i++) {
    const token = (kinds[i % kinds.length] as () => string)();
    const error: unknown = await demandToken(ports, rotor, token).catch((thrown: unknown) => thrown);
    if (error instanceof Problem) refused++;
    else if (token !== good) throw new Error(`accepted: ${token}`);
  }
  console.log(`${refused.toLocaleString("en")} of ${TOKENS.toLocaleString("en")} refused`);
  expect(refused).toBe(TOKENS);
});
