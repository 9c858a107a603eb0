import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinAtGate, mintCampaign, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { made } from "./support/expect.ts";

const CROWD = 60;
const JSON_ONLY = { Accept: "application/json" };

let api: Api;
// oxlint-disable-next-line typescript/no-explicit-any
let world: any;
beforeAll(async () => {
  api = await mintWorkspace();
  world = await mintCampaign(api, { groups: [{ capacity: CROWD }] });
});

const people = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: CROWD }, work));

describe("a hall full of people behind one address", () => {
  test("scans one poster at once, and every one of them is shown the page", async () => {
    const scans = await people(() => request(`/i/${world.invite.code}`, { headers: JSON_ONLY }));
    expect(new Set(scans.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(scans.map(({ json }) => json.ticket)).size).toBe(CROWD);
  });

  test("may go away in the middle of it: those who stay are served", async () => {
    await people(() => {
      const signal = AbortSignal.timeout(1 + Math.floor(Math.random() * 8));
      return request(`/i/${world.invite.code}`, { headers: JSON_ONLY, signal }).catch(() => null);
    });
    expect((await request(`/i/${world.invite.code}`, { headers: JSON_ONLY })).status).toBe(200);
  });

  test("joins at once, and every one of them is in", async () => {
    const joins = await people(() => made(joinAtGate(world.invite.code, { identity: newIdentity() })));
    expect(new Set(joins.map(({ outcome }) => outcome))).toEqual(new Set(["joined"]));
    expect(new Set(joins.map(({ participant }) => participant.id)).size).toBe(CROWD);
    expect((await made(api.get(`/v1/groups/${world.groups[0].id}`))).used).toBe(CROWD);
    expect((await joinAtGate(world.invite.code, { identity: newIdentity() })).json.outcome).toBe(
      "waitlisted",
    );
  });
});
