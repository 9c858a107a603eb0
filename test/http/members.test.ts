import { beforeAll, describe, expect, test } from "vitest";
import { type Api, apiWith, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";
import { memberOf } from "./support/people.ts";
import { walkPages } from "./support/pages.ts";

let api: Api;
// oxlint-disable-next-line typescript/no-explicit-any
let world: any;
let path: string;
beforeAll(async () => {
  api = await mintWorkspace();
  world = await mintCampaign(api, { groups: [{ capacity: 50 }] });
  path = `/v1/communities/${world.community.id}/members`;
});

const put = (...members: object[]) => api.put(path, { members });
const join = async (identity: object = newIdentity()) =>
  memberOf(api, await made(joinBy(api, world.campaign.id, world.invite.code, identity)));

describe("what is told of people", () => {
  test("is kept by their identity before they are in, and is the member's once they are", async () => {
    const identity = newIdentity();
    const attributes = { city: "Chengdu", orders: 3, vip: true };
    const told = { level: 4, tags: ["vip", "beta"], attributes, lastReadAt: hoursFromNow(-2) };
    const { data } = await made(put({ identity, ...told }));
    const known = { ...told, tags: ["beta", "vip"] };
    expect(data).toEqual([{ memberId: null, ...known, updatedAt: expect.any(String) }]);
    const id = await join({ type: "email", value: ` ${identity.value.toUpperCase()} ` });
    const member = await made(api.get(`/v1/members/${id}`));
    expect(member).toEqual({
      id,
      communityId: world.community.id,
      identityType: "email",
      ...known,
      firstSeenAt: expect.any(String),
      updatedAt: data[0].updatedAt,
    });
    expect((await made(put({ memberId: id }))).data).toEqual([{ ...data[0], memberId: id }]);
  });

  test("changes what it names and nothing else, and the same again changes nothing", async () => {
    const [one, two] = [await join(), await join()];
    const rows = [
      { memberId: one, level: 2, addTags: ["b", "a"] },
      { memberId: two, tags: ["c", "x"], attributes: { n: 1 } },
    ];
    const { data } = await made(put(...rows));
    expect(data).toMatchObject([
      { memberId: one, level: 2, tags: ["a", "b"], attributes: {}, lastReadAt: null },
      { memberId: two, level: null, tags: ["c", "x"], attributes: { n: 1 } },
    ]);
    expect((await made(put(...rows))).data).toEqual(data);
    const next = [
      { memberId: two, level: null, removeTags: ["x", "y"], addTags: ["y", "z"], attributes: {} },
      { memberId: one, level: null },
    ];
    expect((await made(put(...next))).data).toMatchObject([
      { memberId: two, level: null, tags: ["c", "z"], attributes: {} },
      { memberId: one, level: null, tags: ["a", "b"] },
    ]);
  });

  test("moves the time of reading forward only, and never past now", async () => {
    const id = await join();
    const read = async (lastReadAt: string) =>
      (await made(api.patch(`/v1/members/${id}`, { lastReadAt }))).lastReadAt as string;
    const recent = hoursFromNow(-1);
    expect(await read(recent)).toBe(recent);
    expect(await read(hoursFromNow(-5))).toBe(recent);
    const far = Date.parse(await read(hoursFromNow(500)));
    expect(far).toBeGreaterThan(Date.parse(recent));
    expect(far).toBeLessThan(Date.now() + 60_000);
  });

  test("is refused whole where a row is wrong, and every such row is named", async () => {
    const good = newIdentity();
    const tags = Array.from({ length: 51 }, (_, i) => `t${i}`);
    const shapes = await put(
      { identity: good, level: 1 },
      { identity: { type: "email", value: "nobody" } },
      { level: 3 },
      { identity: good, memberId: "mem_00000000001" },
      { memberId: "ptc_00000000001", level: -1, tags, colour: "red" },
    );
    const faults = ["1/identity/value", "2", "3", "4/memberId", "4/level", "4/tags", "4/colour"];
    expectProblem(shapes, 400, "invalid_request", ...faults.map((place) => `/members/${place}`));
    const stranger = await mintCampaign(api);
    const elsewhere = await made(joinBy(api, stranger.campaign.id, stranger.invite.code));
    const id = await join();
    await made(put({ memberId: id, tags: tags.slice(0, 50) }));
    const meanings = await put(
      { identity: good, level: 1 },
      { memberId: await memberOf(api, elsewhere) },
      { identity: good, level: 2 },
      { memberId: "mem_00000000001" },
      { memberId: id, addTags: ["one more"] },
    );
    expectProblem(meanings, 400, "invalid_request");
    expect(meanings.json.errors.map((one: { path: string; code: string }) => [one.path, one.code])).toEqual([
      ["/members/1/memberId", "unknown_member"],
      ["/members/2", "duplicate"],
      ["/members/3/memberId", "unknown_member"],
      ["/members/4", "too_many_tags"],
    ]);
    expect((await made(put({ identity: good }))).data).toMatchObject([{ level: null, tags: [] }]);
    expectProblem(await put(), 400, "invalid_request", "/members");
    const many = Array.from({ length: 1001 }, () => ({ identity: newIdentity() }));
    expectProblem(await put(...many), 400, "invalid_request", "/members");
  });

  test("comes for 1,000 people at once", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({
      identity: newIdentity(),
      level: i % 7,
      tags: ["imported", `batch ${i % 3}`],
      attributes: { source: "shop" },
    }));
    const { data } = await made(put(...rows));
    expect(data.map(({ level }: { level: number }) => level)).toEqual(rows.map(({ level }) => level));
    expect((await made(put(...rows))).data).toEqual(data);
  });

  test("loses nothing when several tell of the same people at once", async () => {
    const ids = [await join(), await join()];
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        made(put(...ids.map((memberId) => ({ memberId, addTags: [`t${i}`] })))),
      ),
    );
    const all = Array.from({ length: 8 }, (_, i) => `t${i}`);
    for (const id of ids) expect((await made(api.get(`/v1/members/${id}`))).tags).toEqual(all);
  });

  test("changes one member by PATCH, with the same rules", async () => {
    const id = await join();
    const changed = await made(api.patch(`/v1/members/${id}`, { level: 7, addTags: ["staff"] }));
    expect(changed).toMatchObject({ id, level: 7, tags: ["staff"] });
    expect(await made(api.get(`/v1/members/${id}`))).toEqual(changed);
    const many = Array.from({ length: 50 }, (_, i) => `t${i}`);
    expectProblem(
      await api.patch(`/v1/members/${id}`, { addTags: many }),
      400,
      "invalid_request",
      "/addTags",
    );
    expectProblem(await api.patch("/v1/members/mem_00000000001", { level: 1 }), 404, "not_found");
  });
});

describe("a community's members", () => {
  test("come page by page, all or by tag and level", async () => {
    const { community, campaign, invite } = await mintCampaign(api);
    const list = `/v1/communities/${community.id}/members`;
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) {
      ids.push(await memberOf(api, await made(joinBy(api, campaign.id, invite.code))));
    }
    const rows = ids.slice(1).map((memberId, i) => ({
      memberId,
      level: i,
      tags: i % 2 === 0 ? ["even", "all"] : ["odd", "all"],
    }));
    await made(api.put(list, { members: rows }));
    // Of somebody who is not in, nothing is listed.
    await made(api.put(list, { members: [{ identity: newIdentity(), level: 9, tags: ["even"] }] }));
    const those = (...which: number[]) => which.map((i) => ids[i] as string).sort();
    const of = async (query: string) => {
      const { forwards, backwards } = await walkPages(api, `${list}?${query}`, 2);
      const found = forwards.flatMap(({ data }) => data.map(({ id }) => id as string));
      expect(backwards.reverse().flatMap(({ data }) => data.map(({ id }) => id))).toEqual(found);
      expect(new Set(found).size).toBe(found.length);
      return found.sort();
    };
    expect(await of("")).toEqual(those(0, 1, 2, 3, 4, 5));
    expect(await of("tag=all")).toEqual(those(1, 2, 3, 4, 5));
    expect(await of("tag=even")).toEqual(those(1, 3, 5));
    expect(await of("tag=even&minLevel=2")).toEqual(those(3, 5));
    expect(await of("minLevel=4")).toEqual(those(5));
    expect(await of("tag=ev")).toEqual([]);
    const wrong = await api.get(`${list}?minLevel=1.5&tag=&limit=0`);
    expectProblem(wrong, 400, "invalid_request", "?minLevel", "?tag", "?limit");
    expectProblem(await api.get("/v1/communities/com_00000000001/members"), 404, "not_found");
  });

  test("are beyond a key that is bound to one campaign", async () => {
    const body = { name: "bound", scopes: ["write"], campaignId: world.campaign.id };
    const bound = apiWith((await made(api.post("/v1/keys", body))).key);
    const id = await join();
    expectProblem(await bound.get(path), 403, "forbidden");
    expectProblem(await bound.put(path, { members: [{ memberId: id }] }), 403, "forbidden");
    expectProblem(await bound.patch(`/v1/members/${id}`, { level: 1 }), 403, "forbidden");
  });
});

describe("a level that rises", () => {
  test("lets in who waits for it, without another form", async () => {
    const { community, campaign, invite } = await mintCampaign(api, {
      campaign: { gate: { kind: "level", min: 3 } },
    });
    const list = `/v1/communities/${community.id}/members`;
    const identity = newIdentity();
    const waiting = await made(joinBy(api, campaign.id, invite.code, identity));
    expect(waiting).toMatchObject({ outcome: "pending", participant: null });
    const people = async () => (await made(api.get(`/v1/campaigns/${campaign.id}/participants`))).data;
    await made(api.put(list, { members: [{ identity, level: 2 }] }));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await people()).toEqual([]);
    await made(api.put(list, { members: [{ identity, level: 3 }] }));
    await expect.poll(people, { timeout: 30_000, interval: 100 }).toHaveLength(1);
    const again = await made(joinBy(api, campaign.id, invite.code, identity));
    expect(again.outcome).toBe("already_joined");
    const member = await made(api.get(`/v1/members/${await memberOf(api, again)}`));
    expect(member.level).toBe(3);
  });
});
