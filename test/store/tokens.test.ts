import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatId } from "../../src/domain/id.ts";
import { Problem } from "../../src/domain/problem.ts";
import { KEY_OVERLAP_MS, stepAt, TOKEN_LENGTH } from "../../src/domain/token.ts";
import { joinAtGate } from "../../src/services/joins.ts";
import { openInvite } from "../../src/services/arrivals.ts";
import { createDisplay, openScreen } from "../../src/services/displays.ts";
import { createInvite, getInvite } from "../../src/services/invites.ts";
import { rotateTokenKey } from "../../src/services/token-keys.ts";
import { demandToken, type Rotor, tokenOf } from "../../src/services/tokens.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

const START = Date.parse("2026-05-01T12:00:00Z");
const clock: Clock = { now: START };
let opened: Awaited<ReturnType<typeof openPorts>>;
beforeAll(async () => {
  opened = await openPorts(clock);
});
afterAll(() => opened.close());

const rotorOf = (
  workspace: number,
  invite: number,
  periodSeconds: number,
  version = 1,
  rotatedAt: number | null = null,
) =>
  ({
    workspaceId: formatId("workspace", workspace),
    inviteId: formatId("invite", invite),
    periodSeconds,
    key: { version, rotatedAt },
  }) satisfies Rotor;

/** What a token is answered with: `ok`, or the refusal's code. */
async function verdict(rotor: Rotor, token: string): Promise<string> {
  try {
    await demandToken(opened.ports, rotor, token);
    return "ok";
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

const period = fc.integer({ min: 5, max: 300 });
const numbers = fc.integer({ min: 1, max: 2 ** 40 });

describe("a rotating token", () => {
  test("is good in its step and the next, refused before and after, by the server's clock", async () => {
    await fc.assert(
      fc.asyncProperty(
        numbers,
        numbers,
        period,
        fc.integer({ min: -5000, max: 5000 }),
        async (ws, inv, seconds, skew) => {
          clock.now = START;
          const rotor = rotorOf(ws, inv, seconds);
          const current = stepAt(clock.now, seconds);
          const token = await tokenOf(opened.ports, rotor, current + skew);
          const expected = skew > 0 ? "token_future" : skew < -1 ? "token_expired" : "ok";
          expect(token).toHaveLength(TOKEN_LENGTH);
          expect(await verdict(rotor, token.toUpperCase())).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("dies exactly one period after its step, at every point of it", async () => {
    await fc.assert(
      fc.asyncProperty(period, fc.double({ min: 0, max: 0.999, noNaN: true }), async (seconds, part) => {
        const begin = Math.ceil(START / (seconds * 1000)) * seconds * 1000;
        const rotor = rotorOf(1, 2, seconds);
        clock.now = begin + Math.floor(part * seconds * 1000);
        const token = await tokenOf(opened.ports, rotor, stepAt(clock.now, seconds));
        clock.now = begin + 2 * seconds * 1000 - 1;
        expect(await verdict(rotor, token)).toBe("ok");
        clock.now = begin + 2 * seconds * 1000;
        expect(await verdict(rotor, token)).toBe("token_expired");
      }),
      { numRuns: 200 },
    );
    clock.now = START;
  });

  test("of another invite, workspace or period is refused with its own code", async () => {
    await fc.assert(
      fc.asyncProperty(numbers, numbers, numbers, period, async (ws, inv, other, seconds) => {
        fc.pre(other !== ws && other !== inv);
        const mine = rotorOf(ws, inv, seconds);
        const step = stepAt(clock.now, seconds);
        const foreignInvite = await verdict(
          mine,
          await tokenOf(opened.ports, rotorOf(ws, other, seconds), step),
        );
        const foreignWorkspace = await verdict(
          mine,
          await tokenOf(opened.ports, rotorOf(other, inv, seconds), step),
        );
        const foreignPeriod = await verdict(
          mine,
          await tokenOf(opened.ports, rotorOf(ws, inv, seconds + 1), step),
        );
        // The tags have 10 bits: one stranger in 1,024 looks forged instead, and is refused all the same.
        expect(["token_foreign_invite", "token_invalid"]).toContain(foreignInvite);
        expect(["token_foreign_workspace", "token_invalid"]).toContain(foreignWorkspace);
        expect(foreignPeriod).toBe("token_invalid");
      }),
      { numRuns: 200 },
    );
  });

  test("lives through a rotation of its key, and the key retires after the overlap", async () => {
    const before = rotorOf(1, 2, 15, 7);
    const step = stepAt(clock.now, 15);
    const token = await tokenOf(opened.ports, before, step);
    expect(await verdict(rotorOf(1, 2, 15, 8, clock.now - 1000), token)).toBe("ok");
    expect(await verdict(rotorOf(1, 2, 15, 8, clock.now - KEY_OVERLAP_MS), token)).toBe("token_key_retired");
    expect(await verdict(rotorOf(1, 2, 15, 9, clock.now - 1000), token)).toBe("token_key_retired");
    expect(await verdict(rotorOf(1, 2, 15, 6, null), token)).toBe("token_key_retired");
  });

  test("that is malformed is told so", async () => {
    for (const text of [
      "",
      "u".repeat(TOKEN_LENGTH),
      "0".repeat(TOKEN_LENGTH - 1),
      "0".repeat(TOKEN_LENGTH + 1),
      "é",
      "../../x",
    ]) {
      expect(await verdict(rotorOf(1, 2, 15), text)).toBe("token_malformed");
    }
  });

  test("cannot be forged: 20,000 altered or made up tokens, none accepted", { timeout: 60_000 }, async () => {
    const rotor = rotorOf(3, 4, 15);
    const good = await tokenOf(opened.ports, rotor, stepAt(clock.now, 15));
    const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    const random = (n: number) => Math.floor(Math.random() * n);
    for (let i = 0; i < 20_000; i++) {
      const at = random(TOKEN_LENGTH);
      const altered =
        good.slice(0, at) +
        alphabet[(alphabet.indexOf(good[at] as string) + 1 + random(31)) % 32] +
        good.slice(at + 1);
      const made = good.slice(0, 9) + Array.from({ length: 13 }, () => alphabet[random(32)]).join("");
      for (const token of [altered, made]) {
        if (token !== good) expect(await verdict(rotor, token)).not.toBe("ok");
      }
    }
  });
});

describe("a rotating invite", () => {
  const rotating = { mode: "rotating" as const, periodSeconds: 15 };
  const nobody = {
    holderOf: async () => null,
    applicationOf: async () => null,
    touchesOf: async () => [],
    country: null,
  };
  const body = (n: number, ticket?: string) => ({
    identity: { type: "custom" as const, value: `p${n}` },
    acknowledged: true,
    answers: {},
    ...(ticket === undefined ? {} : { ticket }),
  });

  test("shows a ticket for a good token, and the ticket lasts 15 minutes", async () => {
    const { call, ports } = opened;
    const { campaign } = await openCampaign(call, [10]);
    const invite = await createInvite(call, campaign.id, { channel: "screen", rotation: rotating });
    await expect(openInvite(ports, invite.code, null)).rejects.toMatchObject({ code: "token_required" });
    await expect(joinAtGate(ports, invite.code, body(1), nobody, "en")).rejects.toMatchObject({
      code: "ticket_required",
    });

    const { ticket } = await openInvite(ports, invite.code, invite.token);
    clock.now += 14 * 60_000;
    expect(await joinAtGate(ports, invite.code, body(1, ticket), nobody, "en")).toMatchObject({
      outcome: "joined",
    });
    // The same ticket for the same person is a retry, however late; for another it is spent.
    clock.now += 60 * 60_000;
    expect(await joinAtGate(ports, invite.code, body(1, ticket), nobody, "en")).toMatchObject({
      outcome: "already_joined",
    });
    await expect(joinAtGate(ports, invite.code, body(2, ticket), nobody, "en")).rejects.toMatchObject({
      code: "ticket_spent",
    });

    const late = (await openInvite(ports, invite.code, (await getInvite(call, invite.id)).token)).ticket;
    clock.now += 15 * 60_000 + 1;
    await expect(joinAtGate(ports, invite.code, body(3, late), nobody, "en")).rejects.toMatchObject({
      code: "ticket_expired",
    });
  });

  test("every code that two screens and a reload show is good when it is shown", async () => {
    const { call, ports } = opened;
    const { campaign } = await openCampaign(call, [10]);
    const invite = await createInvite(call, campaign.id, {
      channel: "screen",
      rotation: { mode: "rotating", periodSeconds: 5 },
    });
    const screens = [
      await createDisplay(call, invite.id, "left"),
      await createDisplay(call, invite.id, "right"),
    ];
    for (let second = 0; second < 60; second++) {
      clock.now += 977;
      if (second === 30) await rotateTokenKey(call);
      for (const { seal } of [...screens, ...screens.slice(0, 1)]) {
        const { codes } = await openScreen(ports, seal);
        const [shown] = codes;
        expect(shown?.from).toBeLessThanOrEqual(clock.now);
        await openInvite(ports, invite.code, shown?.token ?? null);
        // A code of a later step is no use before its time, and good in it.
        const next = codes[1] as NonNullable<typeof shown>;
        await expect(openInvite(ports, invite.code, next.token)).rejects.toMatchObject({
          code: "token_future",
        });
        const here = clock.now;
        clock.now = next.from;
        await openInvite(ports, invite.code, next.token);
        clock.now = here;
      }
    }
  });
});
