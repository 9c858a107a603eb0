import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintWorkspace, newIdentity } from "../support/api.ts";
import { joined, joinOn, mintDoors, person, phone, RULES } from "./support/attribution.ts";
import { made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

describe("who cannot be credited", () => {
  test("somebody for themselves, by another identity in the same browser", async () => {
    const { campaign, poster } = await mintDoors(api);
    const browser = phone();
    const first = (await joinOn(browser, poster.code)).json;
    const second = (await joinOn(browser, first.invite.code)).json;
    expect(second.outcome).toBe("joined");
    const { inviterId, depth, credit } = await person(api, second.participant.id);
    expect({ inviterId, depth, refusal: credit.refusal.code }).toEqual({
      inviterId: null,
      depth: 0,
      refusal: "self_referral",
    });
    expect(credit.refusal.message).toMatch(/same browser/);
    // A server stands for no browser, and another browser is another person.
    const friend = await joined(api, campaign.id, first.invite.code);
    expect(friend.participant.inviterId).toBe(first.participant.id);
  });

  test("whoever they brought themselves, however far below", async () => {
    const { poster } = await mintDoors(api);
    const browser = phone();
    const root = (await joinOn(browser, poster.code)).json;
    const child = (await joinOn(phone(), root.invite.code)).json;
    const grandchild = (await joinOn(phone(), child.invite.code)).json;
    const again = (await joinOn(browser, grandchild.invite.code)).json;
    const { inviterId, credit } = await person(api, again.participant.id);
    expect([inviterId, credit.refusal.code]).toEqual([null, "own_descendant"]);
  });

  test("who was removed", async () => {
    const { campaign, lin } = await mintDoors(api);
    await made(api.post(`/v1/participants/${lin.participant.id}/remove`, { cause: "advertising" }));
    const { participant } = await joined(api, campaign.id, lin.invite.code);
    const { inviterId, credit } = await person(api, participant.id);
    expect([inviterId, credit.refusal.code]).toEqual([null, "inviter_removed"]);
  });

  test("anybody for who was in the community before, unless the campaign says otherwise", async () => {
    const { community, campaign, poster } = await mintDoors(api);
    const old = newIdentity();
    await made(joinBy(api, campaign.id, poster.code, old));
    const body = { communityId: community.id, name: "Autumn", type: "event", attribution: RULES.last };
    for (const allowKnown of [false, true]) {
      await setTimeout(5);
      const later = await made(
        api.post("/v1/campaigns", { ...body, attribution: { ...RULES.last, allowKnown } }),
      );
      await made(api.post(`/v1/campaigns/${later.id}/publish`));
      const door = await made(api.post(`/v1/campaigns/${later.id}/invites`, { channel: "door" }));
      const host = await joined(api, later.id, door.code);
      const known = await made(joinBy(api, later.id, host.invite.code, old));
      const fresh = await joined(api, later.id, host.invite.code);
      const { inviterId, credit } = await person(api, known.participant.id);
      expect(inviterId).toBe(allowKnown ? host.participant.id : null);
      expect(credit.refusal?.code ?? null).toBe(allowKnown ? null : "not_newcomer");
      expect(fresh.participant.inviterId).toBe(host.participant.id);
    }
  });
});
