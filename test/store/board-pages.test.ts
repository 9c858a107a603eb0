import { afterAll, beforeAll, expect, test } from "vitest";
import { readLeaderboard } from "../../src/services/boards.ts";
import type { Call } from "../../src/services/call.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

let people = 0;
const join = async (campaignId: string, invite: string) => {
  const identity = { type: "custom" as const, value: `person ${++people}` };
  const input = { invite, identity, acknowledged: true, answers: {} };
  const { participant } = await joinByServer(call, campaignId, input, "en");
  return participant as NonNullable<typeof participant>;
};

/** A campaign where each of `size` people brought one friend: one tie from the first row to the last. */
async function openTie(size: number) {
  const { campaign, invite } = await openCampaign(call, [1000]);
  const tied: string[] = [];
  for (let i = 0; i < size; i++) {
    const person = await join(campaign.id, invite.code);
    // Some reach their score in the same millisecond.
    clock.now += i % 3;
    await join(campaign.id, person.inviteCode ?? "");
    tied.push(person.id);
  }
  return { campaign, invite, tied };
}

const idsOf = ({ data }: { data: { participant: { id: string } }[] }) =>
  data.map((line) => line.participant.id);

test("a tie is paged both ways, and everybody in it has their neighbours", async () => {
  const { campaign, tied } = await openTie(17);
  const read = (more: object) => readLeaderboard(call, campaign.id, { metric: "direct", limit: 5, ...more });
  const forth: string[] = [];
  let page = await read({});
  for (forth.push(...idsOf(page)); page.next !== null; forth.push(...idsOf(page)))
    page = await read({ cursor: page.next });
  expect(forth).toEqual(tied);
  const back = idsOf(page);
  for (; page.previous !== null; back.unshift(...idsOf(page))) page = await read({ cursor: page.previous });
  expect(back).toEqual(tied);
  for (const [i, id] of tied.entries()) {
    const { around } = await read({ around: id });
    const near = tied.slice(Math.max(0, i - 5), i + 6);
    expect(around?.map(({ participant, rank }) => [participant.id, rank])).toEqual(
      near.map((one) => [one, 1]),
    );
  }
});

test("a page that was read is not read again before the board moves, and then it is", async () => {
  const { campaign, invite, tied } = await openTie(3);
  const read = () => readLeaderboard(call, campaign.id, { metric: "direct", limit: 5 });
  const first = await read();
  expect(idsOf(first)).toEqual(tied);
  expect((await read()).data).toBe(first.data);
  const person = await join(campaign.id, invite.code);
  for (let friend = 0; friend < 2; friend++) await join(campaign.id, person.inviteCode ?? "");
  const later = await read();
  expect(idsOf(later)).toEqual([person.id, ...tied]);
  expect(later.data.map(({ rank }) => rank)).toEqual([1, 2, 2, 2]);
  expect((await read()).data).toBe(later.data);
});
