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
import { expectProblem, made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const scan = async (code: string): Promise<string> =>
  (await request(`/i/${code}`, { headers: { Accept: "application/json" } })).json.ticket;

const participants = async (campaignId: string) =>
  (await made(api.get(`/v1/campaigns/${campaignId}/participants`))).data;

describe("scan tickets", () => {
  test("every scan has its own", async () => {
    const { invite } = await mintCampaign(api);
    const tickets = await Promise.all(Array.from({ length: 20 }, () => scan(invite.code)));
    expect(new Set(tickets).size).toBe(20);
    for (const ticket of tickets) expect(ticket).toMatch(/^[0-9a-z]{51}$/);
  });

  test("the same ticket again is the same join, with the full answer", async () => {
    const { invite, campaign } = await mintCampaign(api);
    const body = { identity: newIdentity(), ticket: await scan(invite.code) };
    const joined = await made(joinAtGate(invite.code, body));
    expect(joined.outcome).toBe("joined");
    const again = await made(joinAtGate(invite.code, body));
    expect(again).toEqual({ ...joined, outcome: "already_joined", reasons: [] });
    expect(await participants(campaign.id)).toHaveLength(1);
  });

  test("ten answers to one retry storm are one join", async () => {
    const { invite, campaign } = await mintCampaign(api);
    const body = { identity: newIdentity(), ticket: await scan(invite.code) };
    const answers = await Promise.all(Array.from({ length: 10 }, () => made(joinAtGate(invite.code, body))));
    const outcomes = answers.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "joined")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "already_joined")).toHaveLength(9);
    expect(
      new Set(answers.map(({ participant, pass, invite: own }) => JSON.stringify([participant, pass, own])))
        .size,
    ).toBe(1);
    expect(await participants(campaign.id)).toHaveLength(1);
    expect((await made(api.get(`/v1/invites/${invite.id}`))).uses).toBe(1);
  });

  test("spent by one person, it lets no other in, through whatever door", async () => {
    const { invite, campaign } = await mintCampaign(api);
    const ticket = await scan(invite.code);
    await made(joinAtGate(invite.code, { identity: newIdentity(), ticket }));
    expectProblem(await joinAtGate(invite.code, { identity: newIdentity(), ticket }), 409, "ticket_spent");
    expectProblem(
      await joinBy(api, campaign.id, invite.code, newIdentity(), { ticket }),
      409,
      "ticket_spent",
    );
    expect(await participants(campaign.id)).toHaveLength(1);
  });

  test("spent by a place on the waitlist, it is that person's alone, up to their seat", async () => {
    const { invite, groups, campaign } = await mintCampaign(api, { groups: [{ capacity: 1 }] });
    await made(joinBy(api, campaign.id, invite.code));
    const body = { identity: newIdentity(), ticket: await scan(invite.code) };
    const waiting = await made(joinAtGate(invite.code, body));
    expect(waiting).toMatchObject({ outcome: "waitlisted", waitlist: { position: 1 }, pass: null });
    expect(await made(joinAtGate(invite.code, body))).toEqual(waiting);
    const thief = { identity: newIdentity(), ticket: body.ticket };
    expectProblem(await joinAtGate(invite.code, thief), 409, "ticket_spent");
    await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 3 }));
    expectProblem(await joinAtGate(invite.code, thief), 409, "ticket_spent");
    // The free seat was given to who waited, before anybody asked again.
    const seated = await made(joinAtGate(invite.code, body));
    expect(seated).toMatchObject({ outcome: "already_joined", group: { id: groups[0].id } });
    expect(seated.pass).not.toBeNull();
    expect(await participants(campaign.id)).toHaveLength(2);
  });

  test("raced by two people at once, it admits exactly one", async () => {
    for (let round = 0; round < 4; round++) {
      const { invite, campaign } = await mintCampaign(api);
      const ticket = await scan(invite.code);
      const answers = await Promise.all(
        [0, 1].map(() => joinAtGate(invite.code, { identity: newIdentity(), ticket })),
      );
      expect(answers.filter(({ json }) => json.outcome === "joined")).toHaveLength(1);
      const refused = answers.find(({ json }) => json.outcome !== "joined");
      if (refused === undefined) throw new Error("both came in");
      expectProblem(refused, 409, "ticket_spent");
      expect(await participants(campaign.id)).toHaveLength(1);
    }
  });

  test("a refusal does not spend it: who mends their answer comes in with it", async () => {
    const { invite } = await mintCampaign(api);
    const body = { identity: newIdentity(), ticket: await scan(invite.code) };
    expect((await joinAtGate(invite.code, { ...body, acknowledged: false })).json.outcome).toBe("rejected");
    expect((await joinAtGate(invite.code, body)).json.outcome).toBe("joined");
  });

  test("forged, altered and foreign ones are refused, and nobody comes in", async () => {
    const { invite, campaign } = await mintCampaign(api);
    const other = await mintCampaign(api);
    const ticket = await scan(invite.code);
    const altered = Array.from({ length: 51 }, (_, at) => {
      const digit = ticket[at] === "0" ? "1" : "0";
      return ticket.slice(0, at) + digit + ticket.slice(at + 1);
    }).filter((_, at) => at % 7 === 0 || at > 47);
    const wrong = [
      ...altered,
      await scan(other.invite.code),
      ticket.slice(1),
      `${ticket}0`,
      ticket.toUpperCase(),
      "0".repeat(51),
      "x",
      "\u0000",
      "票".repeat(51),
    ];
    for (const forged of wrong) {
      const refused = await joinAtGate(invite.code, { identity: newIdentity(), ticket: forged });
      expectProblem(refused, 400, "ticket_invalid", "/ticket");
    }
    expect(await participants(campaign.id)).toEqual([]);
  });
});
