import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gate } from "../../src/domain/gate.ts";
import type { Id } from "../../src/domain/id.ts";
import type { Call } from "../../src/services/call.ts";
import { moveCampaign, patchCampaign } from "../../src/services/campaigns.ts";
import { challengeOf, humanOf } from "../../src/services/humans.ts";
import { arriveBy } from "../../src/services/arrivals.ts";
import { findFacts } from "../../src/store/facts.ts";
import { keepCode } from "../../src/store/contacts.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";
import { solve } from "../support/proof.ts";

const MINUTE = 60_000;
const START = 1_800_000_000_000;

const clock: Clock = { now: START };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
const campaigns: { id: Id; inviteId: Id; communityId: Id; code: string }[] = [];

beforeAll(async () => {
  opened = await openPorts(clock);
  ({ call } = opened);
  for (let n = 0; n < 2; n++) {
    const { campaign, invite, community } = await openCampaign(call, [5], { kind: "human", difficulty: 8 });
    campaigns.push({ id: campaign.id, inviteId: invite.id, communityId: community.id, code: invite.code });
  }
});
afterAll(() => opened?.close());

let people = 0;
const somebody = () => `hash-${++people}`;

/** A code is kept `minutes` after the start; whether it may be sent. */
const send = (identityHash: string, minutes: number, codeHash = "right", which = 0): Promise<boolean> => {
  const now = START + minutes * MINUTE;
  const { workspaceId } = call.actor;
  const campaignId = campaigns[which]?.id ?? "";
  const id = call.ports.newId();
  return keepCode(call.ports.db, {
    id,
    workspaceId,
    campaignId,
    identityHash,
    codeHash,
    now,
    expiresAt: now + 10 * MINUTE,
  });
};

/** What the gate sees of somebody who brings a code, or none. */
const look = async (identityHash: string, minutes: number, codeHash: string | null, bearer = "me") => {
  const { id = "", inviteId = "", communityId = "" } = campaigns[0] ?? {};
  const { contact } = await findFacts(call.ports.db, {
    workspaceId: call.actor.workspaceId,
    communityId,
    campaignId: id,
    inviteId,
    identityHash,
    codeHash,
    bearer,
    order: null,
    lists: [],
    quotas: [],
    now: START + minutes * MINUTE,
  });
  return contact;
};

describe("codes to one identity", () => {
  test("are a minute apart, and three in any hour, whatever their rhythm", async () => {
    const one = somebody();
    const asked = [0, 0.5, 0.99, 1, 2, 3, 30, 59.9, 60, 60.5, 61, 62, 63, 119, 120, 121];
    const sent = [];
    for (const minutes of asked) if (await send(one, minutes)) sent.push(minutes);
    expect(sent).toEqual([0, 1, 2, 60, 61, 62, 120, 121]);
    for (const [i, minutes] of sent.entries()) {
      expect(sent.slice(i).filter((later) => later < minutes + 60).length).toBeLessThanOrEqual(3);
    }
  });

  test("are counted over all campaigns of the workspace, and each person for themselves", async () => {
    const [one, other] = [somebody(), somebody()];
    expect(await send(one, 0)).toBe(true);
    expect(await send(one, 0.5, "x", 1)).toBe(false);
    expect(await send(other, 0.5)).toBe(true);
    expect(await send(one, 1, "x", 1)).toBe(true);
    expect(await send(one, 2)).toBe(true);
    expect(await send(one, 30)).toBe(false);
    expect(await send(one, 30, "x", 1)).toBe(false);
    expect(await send(one, 60)).toBe(true);
  });

  test("are three where thirty ask in every minute of an hour", async () => {
    const one = somebody();
    let sent = 0;
    for (let minute = 0; minute < 60; minute += 3) {
      const kept = await Promise.all(Array.from({ length: 30 }, () => send(one, minute)));
      sent += kept.filter(Boolean).length;
    }
    expect(sent).toBe(3);
  });
});

describe("a code that comes back", () => {
  test("is good for ten minutes, once, for whoever brought it", async () => {
    const [late, early] = [somebody(), somebody()];
    await send(late, 0);
    await send(early, 0);
    expect(await look(late, 10, "right")).toMatchObject({ verifiedAt: null, wrong: true });
    expect(await look(early, 9.99, null)).toMatchObject({ verifiedAt: null, wrong: false, attemptsLeft: 5 });
    expect(await look(early, 9.99, "right")).toMatchObject({
      verifiedAt: START + 9.99 * MINUTE,
      wrong: false,
    });
    expect(await look(early, 9.995, "right", "you")).toMatchObject({ verifiedAt: null, wrong: true });
    expect(await look(early, 5000, null)).toMatchObject({ verifiedAt: START + 9.99 * MINUTE });
    expect(await look(early, 5000, null, "you")).toMatchObject({ verifiedAt: null });
  });

  test("is followed by another one, with attempts of its own; what was shown stays shown", async () => {
    const one = somebody();
    await send(one, 0, "first");
    for (let n = 0; n < 6; n++) await look(one, 1, "guess");
    expect(await look(one, 1, "first")).toMatchObject({ verifiedAt: null, attemptsLeft: 0 });
    await send(one, 1, "second");
    expect(await look(one, 2, "first")).toMatchObject({ verifiedAt: null, attemptsLeft: 4 });
    expect(await look(one, 2, "second")).toMatchObject({ verifiedAt: START + 2 * MINUTE });
    await send(one, 3, "third");
    expect(await look(one, 4, null)).toMatchObject({ verifiedAt: START + 2 * MINUTE });
    expect(await look(one, 4, "third", "you")).toMatchObject({ verifiedAt: START + 4 * MINUTE });
    expect(await look(one, 4, null)).toMatchObject({ verifiedAt: null });
  });

  test("is nobody's where none was sent: it is told like one that expired", async () => {
    expect(await look(somebody(), 0, null)).toBeNull();
    expect(await look(somebody(), 0, "guess")).toMatchObject({ expiresAt: 0, wrong: true, verifiedAt: null });
  });
});

describe("a gate that the installation cannot offer", () => {
  const CONTACT: Gate = { kind: "verifiedContact", types: ["email", "phone"], trustServer: false };

  test("keeps a campaign from being published, and is not put before one that is open", async () => {
    const { campaign } = await openCampaign(call, [1]);
    await expect(patchCampaign(call, campaign.id, { gate: CONTACT })).rejects.toMatchObject({
      code: "not_publishable",
      errors: [
        { path: "/gate", code: "sender_missing" },
        { path: "/gate", code: "sender_missing" },
      ],
    });
    await expect(openCampaign(call, [1], CONTACT)).rejects.toMatchObject({ code: "not_publishable" });
    const turnstile = { kind: "human", by: "turnstile", difficulty: 8, trustServer: false } as const;
    await expect(openCampaign(call, [1], turnstile)).rejects.toMatchObject({
      errors: [{ path: "/gate", code: "turnstile_missing" }],
    });
    await moveCampaign(call, campaign.id, "pause");
    expect(
      (
        await patchCampaign(call, campaign.id, {
          gate: { kind: "human", by: "proof", difficulty: 8, trustServer: false },
        })
      ).gateVersion,
    ).toBe(2);
  });
});

describe("a proof of work", () => {
  const who = { type: "email", value: "anna@example.com" } as const;

  test("is good for an hour, at its campaign, for the identity that was typed", async () => {
    clock.now = START;
    const [one, two] = await Promise.all(campaigns.map(({ code }) => arriveBy(call.ports, code, null)));
    if (one === undefined || two === undefined) throw new Error("no campaigns");
    const { text = "" } = (await challengeOf(call.ports, one)) ?? {};
    const proof = solve(text, "email", " ANNA@example.com", 8);
    const judge = async (
      arrival = one,
      given: { identity: typeof who | { type: "email"; value: string }; proof: string } = {
        identity: who,
        proof,
      },
    ) => (await humanOf(call.ports, arrival, given))?.code;
    expect(await judge()).toBe("human_proved");
    expect(await judge(two)).toBe("human_wrong");
    expect(await judge(one, { identity: { type: "email", value: "bert@example.com" }, proof })).toBe(
      "human_wrong",
    );
    expect(await judge(one, { identity: who, proof: proof.replace(/^./, "z") })).toBe("human_wrong");
    expect(await judge(one, { identity: who, proof: solve("0".repeat(29), "email", who.value, 8) })).toBe(
      "human_wrong",
    );
    clock.now = START + 60 * MINUTE;
    expect(await judge()).toBe("human_proved");
    clock.now++;
    expect(await judge()).toBe("human_expired");
  });
});
