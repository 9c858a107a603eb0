import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { walkPages } from "./support/pages.ts";
import { justSeen } from "./support/keys.ts";

type Row = {
  rank: number;
  score: number;
  participant: { id: string; displayName: string };
  reachedAt: string;
};

let api: Api;
let board: string;
/** Participants by name; their scores are given below. */
const people: Record<string, { id: string; code: string }> = {};

const join = async (campaignId: string, code: string, displayName: string) => {
  const { participant, invite } = await made(joinBy(api, campaignId, code, newIdentity(), { displayName }));
  return { id: participant.id as string, code: invite.code as string };
};

beforeAll(async () => {
  api = await mintWorkspace();
  const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] });
  board = `/v1/campaigns/${campaign.id}/leaderboard`;
  for (const name of ["a", "b", "c", "d", "e", "f"])
    people[name] = await join(campaign.id, invite.code, name);
  // c reaches 2 before a; e reaches 1 before b and d; f brings nobody.
  for (const name of "ccebaadc".split("")) {
    await join(campaign.id, (people[name] as { code: string }).code, `by ${name}`);
  }
});

const seen = (rows: Row[]) =>
  rows.map(({ rank, score, participant }) => [rank, score, participant.displayName]);

describe("the leaderboard", () => {
  test("has competition ranks; within a tie, who was first stands first; nobody is padded in", async () => {
    const answer = await made(api.get(board));
    expect(seen(answer.data)).toEqual([
      [1, 3, "c"],
      [2, 2, "a"],
      [3, 1, "e"],
      [3, 1, "b"],
      [3, 1, "d"],
    ]);
    expect(answer).toMatchObject({
      metric: "direct",
      period: { kind: "all", from: null, to: null, timezone: "UTC" },
      status: "live",
      totalParticipants: 14,
      next: null,
    });
    expect(answer).not.toHaveProperty("around");
    expect(Math.abs(Date.parse(answer.accurateAsOf) - Date.now())).toBeLessThan(60_000);
    const times: string[] = answer.data.slice(2).map(({ reachedAt }: Row) => reachedAt);
    expect(times).toEqual([...times].sort());
  });

  test.each([1, 2, 3, 4])("pages of %i, on and back, tell the same ranks", async (limit) => {
    const whole = (await made(api.get(board))).data;
    const { forwards, backwards } = await walkPages(api, board, limit);
    expect(forwards.flatMap(({ data }) => data)).toEqual(whole);
    expect(backwards.reverse().flatMap(({ data }) => data)).toEqual(whole);
    expect(forwards).toHaveLength(Math.ceil(5 / limit));
    expect(forwards.at(-1)?.next).toBeNull();
    expect(backwards[0]?.previous).toBeNull();
  });

  test("`around` shows a participant with their neighbours, ranks and all", async () => {
    const whole = (await made(api.get(board))).data;
    for (const name of ["a", "d"]) {
      const answer = await made(api.get(`${board}?limit=1&around=${people[name]?.id}`));
      expect(answer.data).toEqual(whole.slice(0, 1));
      expect(answer.around).toEqual(whole);
    }
  });

  test("somebody who brought nobody has a place too: behind everybody who did", async () => {
    const { around } = await made(api.get(`${board}?around=${people["f"]?.id}`));
    expect(seen(around).slice(-2)).toEqual([
      [3, 1, "d"],
      [6, 0, "f"],
    ]);
    expect(around.at(-1).reachedAt).toBeNull();
  });

  test("the rank of one person is the leaderboard's, by any metric, in one round trip", async () => {
    for (const metric of ["direct", "team", "qualified"]) {
      const rows: Row[] = (await made(api.get(`${board}?metric=${metric}`))).data;
      const seenKey = await justSeen(api);
      for (const [at, row] of rows.entries()) {
        const answer = await seenKey.get(`/v1/participants/${row.participant.id}/rank?metric=${metric}`);
        expect(answer.headers.get("X-Round-Trips")).toBe("1");
        expect(answer.json).toMatchObject({
          ...row,
          metric,
          position: at + 1,
          status: "live",
          totalParticipants: 14,
        });
      }
    }
  });

  test("by nothing else named, the rank is by the campaign's own metric; without a score it is behind all", async () => {
    const own = await made(api.get(`/v1/participants/${people["f"]?.id}/rank`));
    expect(own).toMatchObject({ metric: "direct", rank: 6, position: null, score: 0, reachedAt: null });
    expect(await made(api.get(`/v1/participants/${people["f"]?.id}/rank?fresh=true`))).toMatchObject({
      rank: 6,
    });
  });

  test("the rank of a stranger is a 404", async () => {
    const stranger = await mintWorkspace();
    expectProblem(await stranger.get(`/v1/participants/${people["a"]?.id}/rank`), 404, "not_found");
    expectProblem(await api.get("/v1/participants/ptc_00000000001/rank"), 404, "not_found");
    expectProblem(
      await api.get(`/v1/participants/${people["a"]?.id}/rank?metric=money`),
      400,
      "invalid_request",
      "?metric",
    );
  });

  test("`around` a stranger is a 404", async () => {
    const other = await mintCampaign(api);
    const stranger = (await made(joinBy(api, other.campaign.id, other.invite.code))).participant.id;
    for (const id of [stranger, "ptc_00000000001", "x"]) {
      expectProblem(await api.get(`${board}?around=${id}`), 404, "not_found");
    }
  });

  test("parameters that do not exist are refused", async () => {
    expectProblem(await api.get(`${board}?metric=money`), 400, "invalid_request", "?metric");
    expectProblem(await api.get(`${board}?period=epoch&x=1`), 400, "invalid_request", "?period", "?x");
  });

  test("an empty board is empty, and says so", async () => {
    const { campaign } = await mintCampaign(api);
    const empty = await made(api.get(`/v1/campaigns/${campaign.id}/leaderboard?metric=team`));
    expect(empty).toMatchObject({
      metric: "team",
      data: [],
      totalParticipants: 0,
      next: null,
      previous: null,
    });
  });

  test("rows name a participant by id and display name, and say nothing else of them", async () => {
    const { data } = await made(api.get(board));
    for (const row of data) {
      expect(Object.keys(row).sort()).toEqual(["participant", "rank", "reachedAt", "score"]);
      expect(Object.keys(row.participant).sort()).toEqual(["displayName", "id"]);
    }
  });
});
