import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";

type Node = { participant: { id: string }; direct: number; team: number; children: Node[] };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** A line of people, each brought by the one before. */
async function chain(length: number) {
  const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] });
  const ids: string[] = [];
  let code = invite.code;
  for (let i = 0; i < length; i++) {
    const joined = await made(joinBy(api, campaign.id, code));
    expect(joined.participant).toMatchObject({ depth: i, inviterId: ids.at(-1) ?? null });
    ids.push(joined.participant.id);
    code = joined.invite.code;
  }
  return { campaign, ids };
}

const depthOf = (node: Node): number => 1 + Math.max(0, ...node.children.map(depthOf));

describe("trees", () => {
  test("are read to the depth that is asked for; the counts are of the whole", async () => {
    const { ids } = await chain(6);
    const tree = async (query: string): Promise<Node & { truncated: boolean }> =>
      made(api.get(`/v1/participants/${ids[0]}/tree${query}`));
    for (const [query, levels] of [
      ["?depth=0", 1],
      ["?depth=1", 2],
      ["", 4],
      ["?depth=5", 6],
      ["?depth=100", 6],
    ] as const) {
      const read = await tree(query);
      expect(depthOf(read), query).toBe(levels);
      expect(read).toMatchObject({ direct: 1, team: 5, truncated: false });
    }
    for (
      let at: Node | undefined = await tree("?depth=100"), i = 0;
      at !== undefined;
      at = at.children[0], i++
    ) {
      expect(at).toMatchObject({ participant: { id: ids[i] }, team: 5 - i });
    }
    for (const depth of ["-1", "101", "1.5", "deep", "NaN"]) {
      const refused = await api.get(`/v1/participants/${ids[0]}/tree?depth=${depth}`);
      expectProblem(refused, 400, "invalid_request", "?depth");
    }
  });

  test("begin anywhere, and the way up ends at the root", async () => {
    const { ids } = await chain(4);
    const tree = await made(api.get(`/v1/participants/${ids[2]}/tree`));
    expect(tree).toMatchObject({ direct: 1, team: 1, participant: { depth: 2, inviterId: ids[1] } });
    const up = await made(api.get(`/v1/participants/${ids[3]}/ancestors`));
    expect(up.data.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1], ids[0]]);
    expect((await made(api.get(`/v1/participants/${ids[0]}/ancestors`))).data).toEqual([]);
  });

  test("nobody's place changes by coming again through another's invite, or their own", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const [one, two] = [newIdentity(), newIdentity()];
    const first = await made(joinBy(api, campaign.id, invite.code, one));
    const second = await made(joinBy(api, campaign.id, first.invite.code, two));
    for (const [code, who, whom] of [
      [second.invite.code, one, first],
      [first.invite.code, one, first],
      [invite.code, two, second],
    ]) {
      const again = await made(joinBy(api, campaign.id, code, who));
      expect(again).toMatchObject({ outcome: "already_joined", participant: whom.participant });
    }
    const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/participants`));
    expect(data.map(({ depth }: { depth: number }) => depth)).toEqual([1, 0]);
  });

  test("a participant is one member of the community, whichever campaign brings them", async () => {
    const { campaign, invite, community } = await mintCampaign(api);
    const second = await made(
      api.post("/v1/campaigns", { communityId: community.id, name: "Autumn", type: "course" }),
    );
    await made(api.post(`/v1/campaigns/${second.id}/publish`));
    const other = await made(api.post(`/v1/campaigns/${second.id}/invites`, { channel: "x" }));
    const who = newIdentity();
    const typed = { ...who, value: `  ${who.value.toUpperCase()} ` };
    const memberOf = async (campaignId: string, code: string, identity: unknown) => {
      const { participant } = await made(joinBy(api, campaignId, code, identity));
      return made(api.get(`/v1/participants/${participant.id}`));
    };
    const [here, there] = [
      await memberOf(campaign.id, invite.code, who),
      await memberOf(second.id, other.code, typed),
    ];
    expect(there.memberId).toBe(here.memberId);
    expect(there.id).not.toBe(here.id);
    const elsewhere = await mintCampaign(api);
    const stranger = await memberOf(elsewhere.campaign.id, elsewhere.invite.code, who);
    expect(stranger.memberId).not.toBe(here.memberId);
  });
});

describe("the funnel", () => {
  test("counts each person once a step", async () => {
    const gate = { kind: "answer", field: "ok", label: "OK?", op: "eq", value: "yes" };
    const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 2 }], campaign: { gate } });
    const path = `/v1/campaigns/${campaign.id}/funnel`;
    const come = (ok: string, who = newIdentity()) =>
      made(joinBy(api, campaign.id, invite.code, who, { answers: { ok } }));
    const read = async () => {
      const { steps, waitlisted } = await made(api.get(path));
      // What comes behind the join is told in growth.test.ts.
      return [
        ...steps.slice(0, 4).map(({ step, people }: { step: string; people: number }) => `${step} ${people}`),
        waitlisted,
      ];
    };
    expect(await read()).toEqual(["scans 0", "gate 0", "passed 0", "joined 0", 0]);
    const [late, first] = [newIdentity(), newIdentity()];
    for (let i = 0; i < 3; i++) await come("no", late);
    await come("no");
    expect(await read()).toEqual(["scans 0", "gate 2", "passed 0", "joined 0", 0]);
    await come("yes", late);
    await come("yes", first);
    await come("yes", first);
    const waiting = newIdentity();
    for (let i = 0; i < 2; i++) expect((await come("yes", waiting)).outcome).toBe("waitlisted");
    expect(await read()).toEqual(["scans 0", "gate 4", "passed 3", "joined 2", 1]);
    await made(api.post(`/v1/campaigns/${campaign.id}/end`));
    expect((await come("yes")).outcome).toBe("closed");
    expect(await read()).toEqual(["scans 0", "gate 4", "passed 3", "joined 2", 1]);
  });
});
