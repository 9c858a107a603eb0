import { beforeAll, describe, expect, test } from "vitest";
import {
  type Answer,
  type Api,
  apiWith,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
} from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";

let api: Api;
let stranger: Api;
let campaign: { id: string };
let invite: { code: string };
let board: string;

beforeAll(async () => {
  [api, stranger] = [await mintWorkspace(), await mintWorkspace()];
  ({ campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] }));
  board = `/v1/campaigns/${campaign.id}/leaderboard`;
});

const join = (code: string) => made(joinBy(api, campaign.id, code, newIdentity()));
const many = <T>(n: number, one: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, i) => one(i)));

/** The answer but for what is each read's own: where many fold at once, a version says how often. */
const told = ({ status, json: { accurateAsOf: _, ...json }, headers }: Answer) => ({
  status,
  json,
  headers: ["Cache-Control", "Vary", "Content-Type", "X-Content-Type-Options"].map((name) =>
    headers.get(name),
  ),
});

describe("many who ask for the same board at once", () => {
  test("each get what was there when they asked, as if they had asked alone", async () => {
    const first = await join(invite.code);
    for (let friends = 1; friends <= 4; friends++) {
      await join(first.invite.code);
      const before = Date.now();
      const answers = await many(12, () => api.get(`${board}?limit=5&fresh=true`));
      // Another spelling is another question: it is read by itself.
      const alone = await api.get(`${board}?fresh=true&limit=5`);
      expect(alone.json).toMatchObject({
        data: [{ rank: 1, score: friends }],
        totalParticipants: friends + 1,
      });
      for (const answer of answers) {
        expect(told(answer)).toEqual(told(alone));
        expect(Date.parse(answer.json.accurateAsOf)).toBeGreaterThan(before - 1000);
      }
      expect(new Set(answers.map(({ headers }) => headers.get("X-Request-Id"))).size).toBe(12);
    }
  });

  test("each see what they themselves have just done", async () => {
    const person = await join(invite.code);
    await many(6, async () => {
      const { participant } = await join(person.invite.code);
      const answer = await made(api.get(`${board}?fresh=true&around=${person.participant.id}`));
      const own = answer.around.find(
        (row: { participant: { id: string } }) => row.participant.id === person.participant.id,
      );
      expect(participant.id).not.toBe(person.participant.id);
      expect(own.score).toBeGreaterThanOrEqual(1);
    });
    const [top] = (await made(api.get(`${board}?fresh=true`))).data;
    expect(top).toMatchObject({ rank: 1, score: 6, participant: { id: person.participant.id } });
  });

  test("are told apart by their keys, and by what they hold", async () => {
    const mint = async (more: object) =>
      apiWith((await made(api.post("/v1/keys", { name: "x", scopes: ["read"], ...more }))).key);
    const other = await mintCampaign(api);
    const [bound, foreign] = [
      await mint({ campaignId: campaign.id }),
      await mint({ campaignId: other.campaign.id }),
    ];
    const etag = (await api.get(board)).headers.get("ETag") as string;
    for (let round = 0; round < 3; round++) {
      const [mine, again, csv, theirs, nobodys, boundTo, elsewhere] = await Promise.all([
        api.get(board),
        api.get(board, undefined, { "If-None-Match": etag }),
        api.get(board, undefined, { Accept: "text/csv" }),
        stranger.get(board),
        apiWith("qrv_nobody").get(board),
        bound.get(board),
        foreign.get(board),
      ]);
      expect(told(boundTo)).toEqual(told(mine));
      expect([again.status, again.text]).toEqual([304, ""]);
      expect(csv.text).toMatch(/^\uFEFF?rank,score/);
      expectProblem(theirs, 404, "not_found");
      expectProblem(nobodys, 401, "unauthorized");
      expectProblem(elsewhere, 404, "not_found");
    }
  });

  test("are refused alike, in the same words each time", async () => {
    for (let round = 0; round < 2; round++) {
      const wrong = await many(4, () => api.get(`${board}?limit=0&colour=red`));
      for (const answer of wrong) expectProblem(answer, 400, "invalid_request", "?limit", "?colour");
      const odd = await many(4, () => api.get(`${board}?period=custom`));
      for (const answer of odd) expectProblem(answer, 400, "invalid_request", "?from");
      expectProblem(await api.get("/v1/campaigns/x/leaderboard?limit=5"), 404, "not_found");
    }
  });

  test("see a disqualification, the end and a revoked key at once", async () => {
    const key = await made(api.post("/v1/keys", { name: "x", scopes: ["read"] }));
    const reader = apiWith(key.key);
    const ask = () => many(5, () => reader.get(board));
    const [{ json }] = (await ask()) as [Answer, ...Answer[]];
    const [best, next] = json.data;
    await made(api.post(`/v1/participants/${best.participant.id}/disqualify`, { cause: "a bot" }));
    for (const answer of await ask()) expect(answer.json.data[0].participant).toEqual(next.participant);
    await made(api.post(`/v1/campaigns/${campaign.id}/end`));
    for (const answer of await ask()) expect(answer.json.status).toBe("review");
    await api.delete(`/v1/keys/${key.id}`);
    for (const answer of await ask()) expectProblem(answer, 401, "unauthorized");
  });
});
