import { beforeAll, describe, expect, test } from "vitest";
import {
  type Api,
  joinAtGate,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { justSeen } from "./support/keys.ts";

describe("the flow, from a campaign to its leaderboard", () => {
  let api: Api;
  beforeAll(async () => {
    api = await mintWorkspace();
  });

  test("a prospect scans, passes the gate, and gets a seat and an invite of their own", async () => {
    const { invite, community, groups } = await mintCampaign(api);
    const landing = await request(`/I/${invite.code.toUpperCase()}`, {
      headers: { Accept: "application/json" },
    });
    expect(landing.status).toBe(200);
    expect(landing.json.community).toMatchObject({
      id: community.id,
      purpose: "We run together on Thursdays.",
    });
    expect(landing.json.seatsLeft).toBe(10);
    expect(landing.headers.get("X-Round-Trips")).toBe("1");

    const joined = await joinAtGate(invite.code, { identity: newIdentity(), ticket: landing.json.ticket });
    expect(joined.json.outcome).toBe("joined");
    expect(joined.json.group).toMatchObject({ id: groups[0].id, joinUrl: "https://example.com/1" });
    expect(joined.json.participant).toMatchObject({ depth: 0, inviterId: null });
    expect(joined.json.invite.url).toContain(`/i/${joined.json.invite.code}`);
    expect(Number(joined.headers.get("X-Round-Trips"))).toBeLessThanOrEqual(2);

    const page = await request(new URL(joined.json.pass).pathname, {
      headers: { Accept: "application/json" },
    });
    expect(page.json.group.joinUrl).toBe("https://example.com/1");
  });

  test("friends of friends make a tree and a board", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const root = (await joinBy(api, campaign.id, invite.code)).json;
    const child = (await joinBy(api, campaign.id, root.invite.code)).json;
    const second = (await joinBy(api, campaign.id, root.invite.code)).json;
    const grandchild = (await joinBy(api, campaign.id, child.invite.code)).json;

    const tree = (await api.get(`/v1/participants/${root.participant.id}/tree`)).json;
    expect(tree).toMatchObject({ direct: 2, team: 3, truncated: false });
    expect(tree.children.map((node: { participant: { id: string } }) => node.participant.id)).toEqual([
      child.participant.id,
      second.participant.id,
    ]);
    expect(tree.children[0].children[0].participant.id).toBe(grandchild.participant.id);

    const ancestors = (await api.get(`/v1/participants/${grandchild.participant.id}/ancestors`)).json.data;
    expect(ancestors.map((row: { id: string }) => row.id)).toEqual([
      child.participant.id,
      root.participant.id,
    ]);

    // The first one has the board follow.
    await api.get(`/v1/campaigns/${campaign.id}/leaderboard?metric=team`);
    const board = await (await justSeen(api)).get(`/v1/campaigns/${campaign.id}/leaderboard?metric=team`);
    expect(board.json.data.map((row: { rank: number; score: number }) => [row.rank, row.score])).toEqual([
      [1, 3],
      [2, 1],
    ]);
    expect(board.json.totalParticipants).toBe(4);
    expect(Number(board.headers.get("X-Round-Trips"))).toBeLessThanOrEqual(1);

    const ledger = (await api.get(`/v1/campaigns/${campaign.id}/ledger`)).json.data;
    const kinds = ledger.map(({ kind }: { kind: string }) => kind).sort();
    // Nobody has to wait by default: whom somebody brought qualifies at once.
    expect(kinds).toEqual(["joined", "joined", "joined", "joined", "qualified", "qualified", "qualified"]);
  });

  test("when the seats are gone, people wait; a retry changes nothing", async () => {
    const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 1 }] });
    const first = newIdentity();
    const one = (await joinBy(api, campaign.id, invite.code, first)).json;
    const second = newIdentity();
    const waiting = (await joinBy(api, campaign.id, invite.code, second)).json;
    expect(waiting).toMatchObject({ outcome: "waitlisted", participant: null, waitlist: { position: 1 } });
    const again = (await joinBy(api, campaign.id, invite.code, first)).json;
    expect(again.outcome).toBe("already_joined");
    expect(again.participant).toEqual(one.participant);
    expect(again.invite).toEqual(one.invite);
    expect((await joinBy(api, campaign.id, invite.code, second)).json).toEqual(waiting);
  });
});
