import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { walkPages } from "./support/pages.ts";
import { justSeen } from "./support/keys.ts";

type Node = { participant: { id: string }; more: boolean; children: Node[] };

let api: Api;
let campaign: string;
/** Two trees: root brought a, b and c; a brought a1 and a2; a1 brought deep. lone stands alone. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  api = await mintWorkspace();
  const world = await mintCampaign(api, { groups: [{ capacity: 100 }] });
  campaign = world.campaign.id;
  const codes: Record<string, string> = { poster: world.invite.code };
  for (const [name, by] of [
    ["root", "poster"],
    ["a", "root"],
    ["b", "root"],
    ["c", "root"],
    ["a1", "a"],
    ["a2", "a"],
    ["deep", "a1"],
    ["lone", "poster"],
  ] as const) {
    const displayName = name === "a2" ? '=HYPERLINK("x","a, b")' : name;
    const joined = await made(joinBy(api, campaign, codes[by] as string, newIdentity(), { displayName }));
    ids[name] = joined.participant.id;
    codes[name] = joined.invite.code;
  }
  await made(api.post(`/v1/participants/${ids["b"]}/leave`, {}));
});

const at = (name: string, path: string) => `/v1/participants/${ids[name]}/${path}`;
const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id);
const named = (...names: string[]) => names.map((name) => ids[name]);

describe("a page of a tree", () => {
  test("is one round trip, whatever is asked for", async () => {
    const pages = [
      at("root", "tree?limit=2"),
      at("root", "children"),
      at("deep", "ancestors"),
      at("deep", `path?to=${ids["c"]}`),
      at("root", "generations"),
      at("root", "export"),
      `/v1/campaigns/${campaign}/centres`,
    ];
    for (const page of pages) {
      // The first may have the boards follow.
      await made(api.get(page));
      expect((await (await justSeen(api)).get(page)).headers.get("X-Round-Trips"), page).toBe("1");
    }
    const { next } = await made(api.get(at("root", "tree?limit=2")));
    const second = await (await justSeen(api)).get(at("root", `tree?limit=2&cursor=${next}`));
    expect(second.headers.get("X-Round-Trips")).toBe("1");
  });

  test("has the nearest first; those behind it have the branches that it did not hold", async () => {
    const first = await made(api.get(at("root", "tree?depth=9&limit=4")));
    expect(first).toMatchObject({ participant: { id: ids["root"] }, direct: 3, team: 6, truncated: true });
    const children: Node[] = first.children;
    expect(children.map(({ participant }) => participant.id)).toEqual(named("a", "b", "c"));
    expect(children.map(({ more }) => more)).toEqual([true, false, false]);
    expect(children[0]?.children.map(({ participant }) => participant.id)).toEqual(named("a1"));
    expect(first.branches).toEqual([]);
    const second = await made(api.get(at("root", `tree?limit=4&cursor=${first.next}`)));
    expect(second).toMatchObject({
      participant: { id: ids["root"] },
      children: [],
      branches: [
        { participant: { id: ids["deep"], inviterId: ids["a1"] }, more: false, children: [] },
        { participant: { id: ids["a2"], inviterId: ids["a"] } },
      ],
      truncated: false,
      next: null,
    });
  });

  test("says where the depth hides somebody", async () => {
    const { children, truncated } = await made(api.get(at("root", "tree?depth=1")));
    expect(children.map(({ more }: Node) => more)).toEqual([true, false, false]);
    expect(truncated).toBe(false);
  });

  test("a cursor keeps its depth, and belongs to its list", async () => {
    const { next } = await made(api.get(at("root", "tree?depth=9&limit=4")));
    await made(api.get(at("root", `tree?depth=9&cursor=${next}`)));
    const others = [`tree?depth=2&cursor=${next}`, `children?cursor=${next}`, `ancestors?cursor=${next}`];
    for (const path of [
      ...others,
      `path?cursor=${next}`,
      `export?cursor=${next}`,
      `generations?cursor=${next}`,
    ])
      expectProblem(await api.get(at("root", path)), 400, "invalid_request", "?cursor");
    // There, its place is in no subtree.
    expectProblem(await api.get(at("b", `tree?cursor=${next}`)), 400, "invalid_request", "?cursor");
  });
});

describe("lists of a tree", () => {
  test.each([1, 2, 100])("pages of %i, on and back", async (limit) => {
    const lists: [string, string[]][] = [
      [at("root", "children?order=oldest"), ["a", "b", "c"]],
      [at("root", "children"), ["c", "b", "a"]],
      [at("deep", "children"), []],
      [at("deep", "ancestors"), ["a1", "a", "root"]],
      [at("deep", `path?to=${ids["c"]}`), ["deep", "a1", "a", "root", "c"]],
      [at("deep", "path"), ["deep", "a1", "a", "root"]],
    ];
    for (const [path, names] of lists) {
      const { forwards, backwards } = await walkPages(api, path, limit);
      expect(idsOf(forwards.flatMap(({ data }) => data)), path).toEqual(named(...names));
      expect(idsOf(backwards.reverse().flatMap(({ data }) => data)), path).toEqual(named(...names));
    }
  });

  test("bounds are told where they are exceeded", async () => {
    for (const [path, max] of [
      ["tree", 1000],
      ["children", 100],
      ["ancestors", 1000],
      ["path", 1000],
      ["export", 5000],
    ] as const) {
      expect((await api.get(at("root", `${path}?limit=${max}`))).status, path).toBe(200);
      const refused = await api.get(at("root", `${path}?limit=${max + 1}`));
      expectProblem(refused, 400, "invalid_request", "?limit");
    }
    expectProblem(await api.get(at("root", "generations?levels=1001")), 400, "invalid_request", "?levels");
  });
});

describe("the path between two people", () => {
  test("goes by the nearest who stands above both", async () => {
    const read = (from: string, to: string) => made(api.get(at(from, `path?to=${ids[to]}`)));
    expect(await read("deep", "a2")).toMatchObject({ meetingId: ids["a"], up: 2, down: 1 });
    expect(await read("root", "deep")).toMatchObject({ meetingId: ids["root"], up: 0, down: 3 });
    expect(await read("a", "a")).toMatchObject({
      meetingId: ids["a"],
      up: 0,
      down: 0,
      data: [{ id: ids["a"] }],
    });
    const none = { meetingId: null, up: null, down: null, data: [], next: null, previous: null };
    expect(await read("deep", "lone")).toEqual(none);
  });

  test("ends at nobody of another campaign or workspace", async () => {
    const other = await mintCampaign(api);
    const elsewhere = (await made(joinBy(api, other.campaign.id, other.invite.code))).participant.id;
    const stranger = await mintWorkspace();
    const foreign = await mintCampaign(stranger);
    const theirs = (await made(joinBy(stranger, foreign.campaign.id, foreign.invite.code))).participant.id;
    for (const to of [elsewhere, theirs, "ptc_00000000001", "x", campaign]) {
      expectProblem(await api.get(at("a", `path?to=${to}`)), 400, "invalid_request", "?to");
    }
  });
});

test("generations count who came, who stayed, and who is there", async () => {
  expect(await made(api.get(at("root", "generations")))).toEqual({
    data: [
      { level: 1, people: 3, qualified: 2, present: 2 },
      { level: 2, people: 2, qualified: 2, present: 2 },
      { level: 3, people: 1, qualified: 1, present: 1 },
    ],
    deeper: null,
    next: null,
  });
  expect(await made(api.get(at("root", "generations?levels=1")))).toMatchObject({
    data: [{ level: 1, people: 3 }],
    deeper: { people: 3, qualified: 3, present: 3 },
  });
  expect((await made(api.get(at("deep", "generations")))).data).toEqual([]);
});

describe("the export", () => {
  const lines = [
    ["root", null, 0, 3, 6, null],
    ["a", "root", 1, 2, 3, "qualified"],
    ["a1", "a", 2, 1, 1, "qualified"],
    ["deep", "a1", 3, 0, 0, "qualified"],
    ["a2", "a", 2, 0, 0, "qualified"],
    ["b", "root", 1, 0, 0, "voided"],
    ["c", "root", 1, 0, 0, "qualified"],
  ] as const;

  test("as CSV is quoted, and runs nothing in a spreadsheet", async () => {
    const answer = await api.get(at("root", "export"));
    expect(answer.headers.get("Content-Type")).toMatch(/^text\/csv; *charset=utf-8/i);
    expect(answer.headers.get("X-Next-Cursor")).toBeNull();
    const rows = lines.map(([name, by, level, direct, team, status]) => {
      const shown = name === "a2" ? `"'=HYPERLINK(""x"",""a, b"")"` : name;
      return [ids[name], by && ids[by], level, shown, direct, team, status]
        .map((cell) => cell ?? "")
        .join(",");
    });
    const head = "participantId,inviterId,level,displayName,direct,team,status";
    expect(answer.text).toBe([head, ...rows, ""].join("\r\n"));
  });

  test("as JSON lines has the same, by parameter or by header, page by page", async () => {
    const read = async (path: string, headers = {}) => {
      const answer = await api.get(at("root", path), undefined, headers);
      expect(answer.headers.get("Content-Type")).toMatch(/^application\/x-ndjson/);
      const objects = answer.text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line));
      return { objects, next: answer.headers.get("X-Next-Cursor") };
    };
    const whole = (await read("export?format=ndjson")).objects;
    expect(whole).toEqual(
      lines.map(([name, by, level, direct, team, status]) => ({
        participantId: ids[name],
        inviterId: by && ids[by],
        level,
        displayName: name === "a2" ? '=HYPERLINK("x","a, b")' : name,
        direct,
        team,
        status,
      })),
    );
    expect((await read("export", { Accept: "application/x-ndjson" })).objects).toEqual(whole);
    const parts = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { objects, next } = await read(`export?format=ndjson&limit=2${cursor && `&cursor=${cursor}`}`);
      parts.push(...objects);
      cursor = next;
    }
    expect(parts).toEqual(whole);
  });
});

describe("local centres", () => {
  test("say how much hangs on each hub, and what every figure is made of", async () => {
    const centres = await made(api.get(`/v1/campaigns/${campaign}/centres?by=team`));
    const ratio = (numerator: number, denominator: number) => ({
      numerator,
      denominator,
      value: numerator / denominator,
    });
    expect(centres).toMatchObject({
      people: 8,
      excluded: 0,
      organic: ratio(2, 8),
      invited: ratio(6, 8),
      centralisation: { ...ratio(8 * 3 - 6, 49), most: 3 },
      topTenth: { ...ratio(3, 6), hubs: 1 },
      hubs: [
        { participant: { id: ids["root"], displayName: "root" }, direct: 3, team: 6, cutOff: ratio(6, 6) },
        { participant: { id: ids["a"], displayName: "a" }, direct: 2, team: 3, cutOff: ratio(3, 6) },
        { participant: { id: ids["a1"], displayName: "a1" }, direct: 1, team: 1, cutOff: ratio(1, 6) },
      ],
    });
    const { organic, invited, centralisation, topTenth, hubs } = centres;
    for (const { formula } of [organic, invited, centralisation, topTenth, hubs[0].cutOff])
      expect(formula).toMatch(/\S \/ \S/);
    const one = await made(api.get(`/v1/campaigns/${campaign}/centres?by=direct&limit=1`));
    expect(one.hubs).toHaveLength(1);
  });

  test("of nobody are no figures, and no faults", async () => {
    const empty = await mintCampaign(api);
    const none = { numerator: 0, denominator: 0, value: null };
    expect(await made(api.get(`/v1/campaigns/${empty.campaign.id}/centres`))).toMatchObject({
      people: 0,
      organic: none,
      invited: none,
      topTenth: { ...none, hubs: 0 },
      hubs: [],
    });
  });
});
