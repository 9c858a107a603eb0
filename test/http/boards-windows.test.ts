import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { walkPages } from "./support/pages.ts";
import { clearOfEnd, DAY, HOUR } from "./support/clock.ts";

type Row = { rank: number | null; score: number; participant: { id: string; displayName: string } };

let api: Api;
let campaignId: string;
let board: string;
const people: Record<string, { id: string; code: string }> = {};

async function join(campaign: string, code: string, displayName: string, attributes = {}) {
  const more = { displayName, attributes };
  const { participant, invite } = await made(joinBy(api, campaign, code, newIdentity(), more));
  return { id: participant.id as string, code: invite.code as string };
}

beforeAll(async () => {
  // What has just come in is of today, there and in UTC.
  await clearOfEnd(DAY);
  await clearOfEnd(DAY, 8 * HOUR);
  api = await mintWorkspace();
  const { campaign, invite } = await mintCampaign(api, {
    groups: [{ capacity: 100 }],
    campaign: { timezone: "Asia/Shanghai" },
  });
  campaignId = campaign.id;
  board = `/v1/campaigns/${campaignId}/leaderboard`;
  const live = await made(api.post(`/v1/campaigns/${campaignId}/invites`, { channel: "live stream" }));
  const codeOf = { a: invite.code, b: live.code, c: live.code } as Record<string, string>;
  for (const name of ["a", "b", "c"]) {
    const tags = name === "c" ? "vip, early" : "early";
    people[name] = await join(campaignId, codeOf[name] as string, name, { region: `CN-${name}`, tags });
  }
  for (const name of "abbccc") await join(campaignId, (people[name] as { code: string }).code, `by ${name}`);
});

const seen = (rows: Row[]) =>
  rows.map(({ rank, score, participant }) => [rank, score, participant.displayName]);
const ALL = [
  [1, 3, "c"],
  [2, 2, "b"],
  [3, 1, "a"],
];

describe("boards of a window", () => {
  test.each(["today", "day", "week", "month"])("%s has everything of now", async (period) => {
    for (const metric of ["direct", "qualified", "team"]) {
      const answer = await made(api.get(`${board}?metric=${metric}&period=${period}`));
      expect(seen(answer.data)).toEqual(ALL);
      expect(answer.period).toMatchObject({ kind: period, timezone: "Asia/Shanghai" });
      const [from, to] = [Date.parse(answer.period.from), Date.parse(answer.period.to)];
      expect(from).toBeLessThanOrEqual(Date.now());
      expect(to).toBeGreaterThan(Date.now());
      expect(answer.period.from).toMatch(/T16:00:00\.000Z$/);
    }
  });

  test("a day in the past is empty, and a custom range has what came in within", async () => {
    expect((await made(api.get(`${board}?period=day&date=2026-01-05`))).data).toEqual([]);
    const from = new Date(Date.now() - 600_000).toISOString();
    const to = new Date(Date.now() + 600_000).toISOString();
    const range = `${board}?period=custom&from=${encodeURIComponent(from)}`;
    expect(seen((await made(api.get(`${range}&to=${encodeURIComponent(to)}`))).data)).toEqual(ALL);
    expect(
      await made(api.get(`${range}&to=${encodeURIComponent(from.replace("Z", "+00:00"))}`)).catch(String),
    ).toMatch(/invalid_period/);
  });

  test("a board that is kept follows what happens after it was first asked for", async () => {
    const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] });
    const root = await join(campaign.id, invite.code, "root");
    const path = `/v1/campaigns/${campaign.id}/leaderboard?period=week&depth=0`;
    expect((await made(api.get(path))).data).toEqual([]);
    const ids = [];
    for (let i = 1; i <= 3; i++) {
      ids.push((await join(campaign.id, root.code, `friend ${i}`)).id);
      expect(seen((await made(api.get(`${path}&fresh=true`))).data)).toEqual([[1, i, "root"]]);
    }
    await made(api.post(`/v1/participants/${ids[0]}/void`, { cause: "the same person twice" }));
    expect(seen((await made(api.get(path))).data)).toEqual([[1, 2, "root"]]);
  });

  test("what makes no sense is refused at the parameter", async () => {
    const wrong: [string, string][] = [
      ["period=custom", "?from"],
      ["period=custom&from=2026-01-01T00:00:00Z", "?to"],
      ["period=custom&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "?to"],
      ["period=day&date=2026-02-30", "?date"],
      ["period=all&date=2026-02-03", "?date"],
      ["from=2026-01-02T00:00:00Z", "?from"],
      ["period=fortnight", "?period"],
      ["depth=-1", "?depth"],
      ["channel=", "?channel"],
      ["fresh=yes", "?fresh"],
    ];
    for (const [query, path] of wrong)
      expectProblem(await api.get(`${board}?${query}`), 400, "invalid_request", path);
  });
});

describe("boards of a part of the participants", () => {
  test.each([
    ["channel=poster", [[1, 1, "a"]]],
    [
      "channel=live%20stream",
      [
        [1, 3, "c"],
        [2, 2, "b"],
      ],
    ],
    ["region=CN-b", [[1, 2, "b"]]],
    ["tag=vip", [[1, 3, "c"]]],
    ["tag=early&channel=poster", [[1, 1, "a"]]],
    ["depth=0", ALL],
    ["depth=1", []],
    ["channel=%27%20OR%201=1", []],
  ])("%s", async (query, rows) => {
    const answer = await made(api.get(`${board}?${query}`));
    expect(seen(answer.data)).toEqual(rows);
    expect(answer.filter).toBeDefined();
    expect(answer.totalParticipants).toBe(9);
  });

  test("`around` somebody whom the filter leaves out says so", async () => {
    const { around } = await made(api.get(`${board}?channel=poster&around=${people["b"]?.id}`));
    expect(around).toMatchObject([{ rank: null, notRanked: "filtered", participant: { displayName: "b" } }]);
  });
});

describe("the board", () => {
  test("is answered with 304 until something changes", async () => {
    const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] });
    const root = await join(campaign.id, invite.code, "root");
    const path = `/v1/campaigns/${campaign.id}/leaderboard`;
    const ask = (etag?: string) =>
      request(path, {
        headers: { Authorization: `Bearer ${api.key}`, ...(etag && { "If-None-Match": etag }) },
      });
    const first = await ask();
    const etag = first.headers.get("ETag") as string;
    expect(etag).toMatch(/^W\/"/);
    const again = await ask(etag);
    expect(again.status).toBe(304);
    expect(again.text).toBe("");
    await join(campaign.id, root.code, "friend");
    const changed = await ask(etag);
    expect(changed.status).toBe(200);
    expect(changed.headers.get("ETag")).not.toBe(etag);
  });

  test("comes as CSV, page by page, and no cell is a formula", async () => {
    const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] });
    for (const name of ['=cmd|"/c calc"!A1', 'Li, "Lin"', "赵敏"]) {
      const root = await join(campaign.id, invite.code, name);
      await join(campaign.id, root.code, `by ${name}`);
    }
    const csv = await api.get(`/v1/campaigns/${campaign.id}/leaderboard?format=csv&limit=2`);
    expect(csv.headers.get("Content-Type")).toContain("text/csv");
    const lines = csv.text.split("\r\n");
    expect(lines[0]).toBe("rank,score,participantId,displayName,reachedAt");
    expect(lines[1]).toMatch(/^1,1,ptc_\w{11},"'=cmd\|""\/c calc""!A1",2/);
    expect(lines[2]).toMatch(/^1,1,ptc_\w{11},"Li, ""Lin""",2/);
    const next = encodeURIComponent(csv.headers.get("X-Next-Cursor") as string);
    const rest = await api.get(`/v1/campaigns/${campaign.id}/leaderboard?format=csv&limit=2&cursor=${next}`);
    expect(rest.text.split("\r\n")[1]).toContain("赵敏");
    expect(rest.headers.get("X-Next-Cursor")).toBeNull();
  });

  test("re-ranks at once when somebody is disqualified, and again when they are back", async () => {
    const { id } = people["c"] as { id: string };
    await made(api.post(`/v1/participants/${id}/disqualify`, { cause: "an employee" }));
    const without = await made(api.get(`${board}?around=${id}`));
    expect(seen(without.data)).toEqual([
      [1, 2, "b"],
      [2, 1, "a"],
    ]);
    expect(without.around).toMatchObject([{ rank: null, score: 3, notRanked: "disqualified" }]);
    await made(api.post(`/v1/participants/${id}/reinstate`, { cause: "a mistake" }));
    expect(seen((await made(api.get(board))).data)).toEqual(ALL);
    const { forwards } = await walkPages(api, `${board}?period=month`, 1);
    expect(seen(forwards.flatMap(({ data }) => data))).toEqual(ALL);
  });
});

describe("the end of a campaign", () => {
  test("is live, under review, and final: then its rows never change again", async () => {
    const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] });
    const path = `/v1/campaigns/${campaign.id}`;
    const root = await join(campaign.id, invite.code, "root");
    const friend = await join(campaign.id, root.code, "friend");
    expectProblem(await api.post(`${path}/finalise`), 409, "invalid_transition");
    expect((await made(api.get(`${path}/leaderboard`))).status).toBe("live");
    await made(api.post(`${path}/end`));
    expect((await made(api.get(`${path}/leaderboard`))).status).toBe("review");
    const final = await made(api.post(`${path}/finalise`));
    expect(final.boards).toEqual([
      { metric: "direct", final: true },
      { metric: "qualified", final: true },
      { metric: "team", final: true },
    ]);
    const before = await made(api.get(`${path}/leaderboard`));
    expect(before.status).toBe("final");
    expect(seen(before.data)).toEqual([[1, 1, "root"]]);
    await made(api.post(`/v1/participants/${friend.id}/remove`, { cause: "afterwards" }));
    await made(api.post(`/v1/participants/${root.id}/disqualify`, { cause: "afterwards" }));
    expect(await made(api.post(`${path}/finalise`))).toEqual(final);
    expect(await made(api.get(`${path}/leaderboard?fresh=true`))).toEqual(before);
    expect((await made(api.get(`/v1/participants/${root.id}`))).direct).toBe(0);
  });
});
