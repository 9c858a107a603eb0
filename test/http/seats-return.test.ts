import { expect, test } from "vitest";
import { joinBy, mintCampaign, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { made } from "./support/expect.ts";

test("who comes back while all is full waits with the others, and is seated as the participant who they are", async () => {
  const api = await mintWorkspace();
  const { campaign, invite, groups } = await mintCampaign(api, { groups: [{ capacity: 2 }] });
  const identity = newIdentity();
  const join = (who: unknown = newIdentity()) => made(joinBy(api, campaign.id, invite.code, who));
  const back = await join(identity);
  const host = await join();
  const one = `/v1/participants/${back.participant.id}`;
  await made(api.post(`${one}/leave`));
  await join();
  expect((await join()).waitlist).toEqual({ position: 1 });

  expect(await made(api.post(`${one}/rejoin`))).toMatchObject({ leftAt: null, seat: null });
  expect(await join(identity)).toMatchObject({
    outcome: "already_joined",
    participant: { id: back.participant.id },
    group: null,
    waitlist: { position: 2 },
  });
  const path = new URL(back.pass).pathname;
  const page = await request(path, { headers: { Accept: "application/json" } });
  expect([page.json.seat.state, page.json.waitlist]).toEqual(["none", { position: 2 }]);
  const told = await request(`${path}?lang=en`, { headers: { Accept: "text/html" } });
  expect(told.text).toMatch(/Your place in line: <b>2<\/b>/);
  expect(told.text).not.toContain("Ask for a seat");
  expect((await made(api.get(`/v1/campaigns/${campaign.id}/health`))).waiting).toBe(2);
  // They are counted among the participants already: none of those who are yet to come in.
  expect((await made(api.get(`/v1/campaigns/${campaign.id}/funnel`))).waitlisted).toBe(1);

  await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 3 }));
  expect((await made(api.get(one))).seat).toBeNull();
  await made(api.post(`/v1/participants/${host.participant.id}/leave`));
  expect(await made(api.get(one))).toMatchObject({ groupId: groups[0].id, seat: { state: "confirmed" } });
  const after = await request(path, { headers: { Accept: "application/json" } });
  expect([after.json.seat.state, after.json.waitlist]).toEqual(["confirmed", null]);
  const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/participants`));
  expect(data).toHaveLength(4);
  const entries = await made(api.get(`/v1/campaigns/${campaign.id}/ledger?limit=100`));
  const theirs = entries.data.filter(
    (entry: { participantId: string }) => entry.participantId === back.participant.id,
  );
  expect(theirs.map(({ kind }: { kind: string }) => kind).sort()).toEqual(["joined", "left", "returned"]);
});

test("the people of a group that was closed are seated together, in the order in which they asked", async () => {
  const api = await mintWorkspace();
  const { campaign, community, invite, groups } = await mintCampaign(api, { groups: [{ capacity: 4 }] });
  const people = Array.from({ length: 4 }, newIdentity);
  const ask = (who: unknown) => made(joinBy(api, campaign.id, invite.code, who));
  const ids: string[] = [];
  for (const who of people) ids.push((await ask(who)).participant.id);
  await made(api.patch(`/v1/groups/${groups[0].id}`, { state: "closed" }));
  const asked = [people[2], people[0], people[3], people[1]];
  for (const [n, who] of asked.entries()) expect((await ask(who)).waitlist).toEqual({ position: n + 1 });
  expect((await ask(newIdentity())).waitlist).toEqual({ position: 5 });

  const group = { name: "Instead", carrier: "url", joinUrl: "https://example.com/", capacity: 3 };
  const { id } = await made(api.post(`/v1/communities/${community.id}/groups`, group));
  const seatOf = async (one: string) => (await made(api.get(`/v1/participants/${one}`))).groupId as string;
  expect(await Promise.all(ids.map(seatOf))).toEqual([id, groups[0].id, id, id]);
  const health = () => made(api.get(`/v1/campaigns/${campaign.id}/health`));
  expect((await health()).waiting).toBe(2);
  // The last of them comes before the newcomer who asked after them.
  await made(api.patch(`/v1/groups/${id}`, { capacity: 4 }));
  expect([await seatOf(ids[1] as string), (await health()).waiting]).toEqual([id, 1]);
});
