import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Id } from "../../src/domain/id.ts";
import type { Call } from "../../src/services/call.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { changeEntries, createList } from "../../src/services/lists.ts";
import { patchMember, putMembers } from "../../src/services/members.ts";
import { getParticipant } from "../../src/services/participants.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
const DAY = 24 * 3_600_000;
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

const who = (value: string) => ({ type: "custom" as const, value });

/** A campaign with three people in it, who are judged again. */
async function inside(gate: object) {
  const { campaign, community, invite } = await openCampaign(call, [10], gate);
  const names = ["one", "two", "three"];
  await putMembers(call, community.id, {
    members: names.map((name) => ({ identity: who(name), level: 5 })),
  });
  const members: Id[] = [];
  for (const name of names) {
    const input = { invite: invite.code, identity: who(name), acknowledged: true, answers: {} };
    const { participant } = await joinByServer(call, campaign.id, input, "en");
    members.push((await getParticipant(call, participant?.id as Id)).memberId);
  }
  const begun = clock.now;
  clock.now += 60_000;
  /** Whose re-check is due at this very instant, person by person. */
  const due = async () => {
    const [rows] = await call.ports.db.read([
      call.ports.db.q.all<[number]>(
        sql`SELECT due_at FROM checks WHERE campaign_id = (SELECT max(id) FROM campaigns) ORDER BY participant_id`,
      ),
    ]);
    const at = rows.map(([dueAt]) => dueAt);
    for (const one of at) expect([begun + DAY, clock.now]).toContain(one);
    return at.map((one) => one === clock.now);
  };
  return { community: community.id, members, due };
}

test("whose level or tags change is judged again at once; who stays as they are, or has read, is not", async () => {
  const { community, members, due } = await inside({ kind: "level", min: 3, recheck: true });
  expect(await due()).toEqual([false, false, false]);
  const tell = (name: string, more: object) =>
    putMembers(call, community, { members: [{ identity: who(name), ...more }] });
  await tell("one", { level: 5, tags: [], attributes: {}, removeTags: ["vip"] });
  await tell("one", { lastReadAt: clock.now });
  expect(await due()).toEqual([false, false, false]);
  await tell("two", { level: 1 });
  expect(await due()).toEqual([false, true, false]);
  await patchMember(call, members[2] as Id, { addTags: ["staff"] });
  expect(await due()).toEqual([false, true, true]);
});

test("who comes on a list, or off it, is judged again at once; nobody for whom nothing changed", async () => {
  const { list } = await createList(call, "denied");
  const { due } = await inside({ kind: "list", list: list.id, mode: "deny", recheck: true });
  await changeEntries(call, list.id, { add: [], remove: [who("one")] });
  expect(await due()).toEqual([false, false, false]);
  await changeEntries(call, list.id, { add: [who("two")], remove: [] });
  expect(await due()).toEqual([false, true, false]);
});
