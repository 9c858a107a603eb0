import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { clearOfEnd, DAY } from "./support/clock.ts";
import { justSeen } from "./support/keys.ts";

const HTML = { Accept: "text/html" };
const ask = (path: string) => request(path, { headers: { Accept: "application/json" } });

let api: Api;
beforeAll(async () => {
  await clearOfEnd(DAY);
  api = await mintWorkspace();
});

/** A campaign in which `a` brought two, one of whom, `b`, brought two more. */
async function open() {
  const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] });
  const join = async (code: string, displayName: string) =>
    made(joinBy(api, campaign.id, code, newIdentity(), { displayName }));
  const a = await join(invite.code, "a <b>");
  const b = await join(a.invite.code, "b");
  for (const [code, name] of [
    [a.invite.code, "c"],
    [b.invite.code, "d"],
    [b.invite.code, "e"],
  ])
    await join(code, name);
  const one = `/v1/campaigns/${campaign.id}`;
  const set = (board: object) => made(api.patch(one, { board }));
  return { id: campaign.id as string, one, set, b };
}

describe("the campaign's own metric", () => {
  test("is what its board goes by where no other is named, from the next request on", async () => {
    const { one, set, b } = await open();
    const scores = (answer: { metric: string; data: { score: number }[] }) => [
      answer.metric,
      ...answer.data.map(({ score }) => score),
    ];
    const board = () => api.get(`${one}/leaderboard`);
    expect(scores(await made(board()))).toEqual(["direct", 2, 2]);
    await set({ public: false, metric: "team" });
    const changed = await board();
    expect(scores(changed.json)).toEqual(["team", 4, 2]);
    expect(scores(await made(api.get(`${one}/leaderboard?metric=direct`)))).toEqual(["direct", 2, 2]);

    // Once known, it costs no more than a metric that is named.
    const again = await (await justSeen(api)).get(`${one}/leaderboard`);
    expect(again.headers.get("X-Round-Trips")).toBe("1");
    expect(again.headers.get("ETag")).toBe(changed.headers.get("ETag"));
    expect(scores(await made(api.get(`${one}/leaderboard?period=today`)))).toEqual(["team", 4, 2]);
    const [first] = again.json.data;
    const next = await made(api.get(`${one}/leaderboard?limit=1`));
    expect(next.data).toEqual([first]);
    expect((await made(api.get(`${one}/leaderboard?limit=1&cursor=${next.next}`))).data[0].score).toBe(2);

    // People's own pages rank them by it too: both brought two, but the team of `b` is smaller.
    expect((await ask(new URL(b.pass).pathname)).json.rank).toBe(2);
    await set({ public: false, metric: "direct" });
    expect((await ask(new URL(b.pass).pathname)).json.rank).toBe(1);
    expect(scores((await board()).json)).toEqual(["direct", 2, 2]);
  });
});

describe("a public board", () => {
  test("is there for anybody once the campaign says so, with names and scores alone", async () => {
    const { id, one, set, b } = await open();
    const path = `/board/${id}`;
    expectProblem(await ask(path), 404, "not_found");
    expect((await ask(new URL(b.pass).pathname)).json.board).toBeNull();
    await set({ public: true, metric: "team" });
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const { accurateAsOf, data, ...rest } = answer.json;
    expect(Date.parse(accurateAsOf)).toBeGreaterThan(0);
    expect(rest).toEqual({
      community: expect.any(String),
      campaign: expect.any(String),
      metric: "team",
      status: "live",
      totalParticipants: 5,
      next: null,
      previous: null,
    });
    expect(data).toEqual([
      { rank: 1, score: 4, displayName: "a <b>", reachedAt: expect.any(String) },
      { rank: 2, score: 2, displayName: "b", reachedAt: expect.any(String) },
    ]);
    expect(answer.text).not.toMatch(/ptc_|mem_|inv_|example/);

    // Who is shown no more is gone from here at once.
    const first = (await made(api.get(`${one}/leaderboard?limit=1`))).data[0].participant.id;
    await made(api.post(`/v1/participants/${first}/disqualify`, { cause: "test" }));
    const left = await ask(path);
    expect(left.json.data.map(({ displayName }: { displayName: string }) => displayName)).toEqual(["b"]);

    await set({ public: false, metric: "team" });
    expectProblem(await ask(path), 404, "not_found");
  });

  test("is a page in both languages, linked from people's own pages, with pages of its own", async () => {
    const { id, set, b } = await open();
    await set({ public: true, metric: "direct" });
    const own = await request(`${new URL(b.pass).pathname}?lang=en`, { headers: HTML });
    const [, path] = /href="(\/board\/[^"]+)"/.exec(own.text) ?? [];
    const page = await request(path as string, { headers: HTML });
    expect(page.status).toBe(200);
    expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(page.text).toContain("People invited");
    expect(page.text).toContain("a &lt;b&gt;");
    expect(page.text).not.toContain("<script");
    const chinese = await request(`/board/${id}?lang=zh-CN&limit=1`, { headers: HTML });
    expect(chinese.text).toContain("直接邀请");
    const [, next] = /href="(\/board\/[^"]+cursor[^"]+)"/.exec(chinese.text) ?? [];
    const second = await request((next as string).replaceAll("&amp;", "&"), { headers: HTML });
    expect(second.status).toBe(200);
    expect(second.text).toContain("上一页");
  });

  test("of a draft, a stranger's or none there is nothing, in words for a browser", async () => {
    const { campaign } = await mintCampaign(api, { publish: false });
    await made(api.patch(`/v1/campaigns/${campaign.id}`, { board: { public: true, metric: "direct" } }));
    for (const id of [campaign.id, "cmp_00000000001", "x", "cmp_'"])
      expectProblem(await ask(`/board/${encodeURIComponent(id)}`), 404, "not_found");
    const page = await request("/board/x", { headers: HTML });
    expect([page.status, page.headers.get("Content-Type")]).toEqual([
      404,
      expect.stringContaining("text/html"),
    ]);
    const { id, set } = await open();
    await set({ public: true, metric: "direct" });
    expectProblem(await ask(`/board/${id}?limit=1000`), 400, "invalid_request", "?limit");
    expectProblem(await ask(`/board/${id}?cursor=x`), 400, "invalid_request", "?cursor");
    // Strangers ask for nothing else: it would have to be built.
    expect((await ask(`/board/${id}?period=today&channel=x&metric=team`)).json.metric).toBe("direct");
  });
});
