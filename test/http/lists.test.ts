import { beforeAll, describe, expect, test } from "vitest";
import { type Api, COMMUNITY, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { type Listed, mintListed, ROWS, WALKED_ELSEWHERE } from "./support/listed.ts";
import { readOperations } from "./support/operations.ts";
import { walkPages } from "./support/pages.ts";

let api: Api;
// oxlint-disable-next-line typescript/no-explicit-any
let world: any;
let lists: Record<string, Listed>;
beforeAll(async () => {
  api = await mintWorkspace();
  ({ world, lists } = await mintListed(api));
});

const list = (operation: string): Listed => lists[operation] as Listed;
const rowsOf = (pages: { data: { id: string }[] }[]) => pages.flatMap(({ data }) => data);

/** Rows without what goes on by itself: a code that rotates, the age of a case. */
// oxlint-disable-next-line typescript/no-explicit-any
const ageless = (pages: { data: any[] }[]) =>
  pages.flatMap(({ data }) => data.map(({ ageSeconds: _, currentUrl: __, ...row }) => row));
const each = (check: (operation: string, list: Listed) => Promise<void>) =>
  Promise.all(Object.entries(lists).map(([operation, one]) => check(operation, one)));

const LIMITS = ["0", "-1", "101", "1.5", "many", "NaN", "Infinity", "1e400"];
/** None at all, ones that say nothing, and ones of no such key. */
const CURSORS = ["x", "%20", "YQ", "!", "YXx4", "é".repeat(9), "a".repeat(300), btoa("a-1"), btoa("a1e3")];

describe("lists, page by page", () => {
  test("are all that take a cursor, but for those that other tests walk", async () => {
    const taking = (await readOperations()).filter(({ query }) => query.includes("cursor"));
    const walked = [...Object.keys(lists), ...Object.keys(WALKED_ELSEWHERE)];
    expect(walked.toSorted()).toEqual(taking.map(({ name }) => name).toSorted());
  });

  test.each([1, 2, ROWS])("of %i: on and back, the same rows in the same order", async (limit) => {
    await each(async (operation, { path, key, order }) => {
      const whole = ageless([await made(api.get(path))]);
      expect(whole, operation).toHaveLength(ROWS);
      const { forwards, backwards } = await walkPages(api, path, limit);
      expect(ageless(forwards), operation).toEqual(whole);
      expect(ageless(backwards.reverse()), operation).toEqual(whole);
      expect(forwards, operation).toHaveLength(Math.ceil(ROWS / limit));
      expect(forwards[0]?.previous, operation).toBeNull();
      expect(forwards.at(-1)?.next, operation).toBeNull();
      expect(backwards[0]?.previous, operation).toBeNull();
      const keys: (string | number)[] = whole.map((row) => row[key]);
      const sorted = [...new Set(keys)].sort((a, b) => (a < b ? -1 : 1));
      expect(sorted, operation).toHaveLength(ROWS);
      if (order !== "fixed") expect(keys, operation).toEqual(order === "oldest" ? sorted : sorted.reverse());
    });
  });

  test("a wrong limit or cursor is refused, and a stranger finds none of them", async () => {
    const stranger = await mintWorkspace();
    await each(async (operation, { path }) => {
      const ask = (query: string) => api.get(`${path}${path.includes("?") ? "&" : "?"}${query}`);
      // A person may have a thousand ancestors on a page.
      const limits = LIMITS.filter((limit) => limit !== "101" || !path.endsWith("/ancestors"));
      for (const limit of limits) {
        expectProblem(await ask(`limit=${limit}`), 400, "invalid_request", "?limit");
      }
      for (const cursor of CURSORS) {
        expectProblem(await ask(`cursor=${encodeURIComponent(cursor)}`), 400, "invalid_request", "?cursor");
      }
      const both = await ask("limit=0&colour=red&page=2");
      expectProblem(both, 400, "invalid_request", "?limit", "?colour", "?page");
      const answer = await stranger.get(path);
      if (operation.includes("{id}")) expectProblem(answer, 404, "not_found");
      else expect(answer.json.data.length, operation).toBe(operation === "get /v1/keys" ? 1 : 0);
    });
  });

  test("a cursor of one list is none of another's", async () => {
    const { next } = await made(api.get(`${list("get /v1/campaigns/{id}/participants").path}?limit=1`));
    expect(next).not.toBeNull();
    expectProblem(await api.get(`/v1/communities?cursor=${next}`), 400, "invalid_request", "?cursor");
    const board = `/v1/campaigns/${world.campaign.id}/leaderboard?cursor=${next}`;
    expectProblem(await api.get(board), 400, "invalid_request", "?cursor");
  });

  test("rows that come meanwhile neither repeat nor hide others", async () => {
    const path = "/v1/communities";
    const first = await made(api.get(`${path}?limit=2`));
    const fresh = await made(api.post(path, COMMUNITY));
    const second = await made(api.get(`${path}?limit=2&cursor=${first.next}`));
    const ids = rowsOf([first, second]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(ids).not.toContain(fresh.id);
    const back = await made(api.get(`${path}?limit=2&cursor=${second.previous}`));
    expect(back.data).toEqual(first.data);
    expect((await made(api.get(`${path}?cursor=${back.previous}`))).data).toEqual([fresh]);
  });
});

describe("the ledger", () => {
  test("has an entry a join: who, by whom, which seat, which gate, and who did it; and when it qualified", async () => {
    const { campaign, invite, groups } = await mintCampaign(api);
    const identity = newIdentity();
    const root = (await joinBy(api, campaign.id, invite.code, identity)).json;
    const child = (await joinBy(api, campaign.id, root.invite.code)).json;
    await joinBy(api, campaign.id, invite.code, identity);
    const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/ledger`));
    const common = {
      kind: "joined",
      groupId: groups[0].id,
      gateVersion: 1,
      ruleVersion: 1,
      fromInviterId: null,
      cause: null,
      actor: expect.stringMatching(/^key_/),
    };
    const second = { ...common, participantId: child.participant.id, inviterId: root.participant.id };
    expect(data).toMatchObject([
      { ...common, participantId: root.participant.id, inviterId: null, inviteId: invite.id },
      second,
      { ...second, kind: "qualified", actor: "clock" },
    ]);
    expect(data[0].at).toBe(root.participant.joinedAt);
    expect(data[2].at).toBe(child.participant.joinedAt);
  });

  test("as CSV it has the same rows and columns, by parameter or by header", async () => {
    const path = `/v1/campaigns/${world.campaign.id}/ledger`;
    const { data } = await made(api.get(path));
    for (const csv of [await api.get(`${path}?format=csv`), await accept(path, "text/csv")]) {
      expect(csv.status).toBe(200);
      expect(csv.headers.get("Content-Type")).toMatch(/^text\/csv; *charset=utf-8/i);
      const lines = csv.text.split("\r\n");
      expect(lines.pop()).toBe("");
      const columns = (lines[0] as string).split(",");
      expect([...columns].sort()).toEqual(Object.keys(data[0]).sort());
      const cells = data.map((row: Record<string, string | number | null>) =>
        columns.map((name) => String(row[name] ?? "")),
      );
      expect(lines.slice(1).map((line) => line.split(","))).toEqual(cells);
    }
    const json = await api.get(`${path}?format=json`, undefined, { Accept: "text/csv" });
    expect(json.json.data).toEqual(data);
  });

  test("CSV comes page by page as well", async () => {
    const path = `/v1/campaigns/${world.campaign.id}/ledger?format=csv&limit=3`;
    const first = await api.get(path);
    const second = await api.get(`${path}&cursor=${first.headers.get("X-Next-Cursor")}`);
    const ids = [first, second].flatMap(({ text }) =>
      text
        .trim()
        .split("\r\n")
        .slice(1)
        .map((line) => line.split(",")[0]),
    );
    expect(new Set(ids).size).toBe(ROWS);
    expect(second.headers.get("X-Next-Cursor")).toBeNull();
  });
});

const accept = (path: string, type: string) => api.get(path, undefined, { Accept: type });
