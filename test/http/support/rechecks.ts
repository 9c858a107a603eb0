import { type Api, joinBy, mintCampaign, newIdentity } from "../../support/api.ts";
import { made } from "./expect.ts";
import { until } from "./reviews.ts";

/** A campaign for people of level 3, who are judged again; with groups where a bot can take people out, or none. */
export async function mintRechecked(
  api: Api,
  rules: Record<string, unknown> = {},
  {
    carrier = "url",
    gate = { kind: "level", min: 3, recheck: true },
  }: { carrier?: string; gate?: object } = {},
) {
  const joinUrl = carrier === "telegram" ? "https://t.me/+abcdef" : "https://example.com/1";
  const world = await mintCampaign(api, {
    groups: [{ capacity: 1000, carrier, joinUrl }],
    campaign: {
      gate,
      recheck: {
        everyHours: 24,
        graceHours: 72,
        action: "remove",
        credits: "void",
        exemptTags: ["staff"],
        readWithinDays: 30,
        ...rules,
      },
    },
  });
  const { community, campaign, invite } = world;
  const setLevel = (identity: object, level: number) =>
    made(api.put(`/v1/communities/${community.id}/members`, { members: [{ identity, level }] }));
  const checkOf = (id: string) => made(api.get(`/v1/participants/${id}/checks`));
  const enter = async (identity: object = newIdentity(), code: string = invite.code) => {
    await setLevel(identity, 3);
    return made(joinBy(api, campaign.id, code, identity));
  };
  return {
    ...world,
    setLevel,
    checkOf,
    enter,
    /** Somebody who passes: their participant's id. */
    member: async (): Promise<string> => (await enter()).participant.id,
    /** Somebody on the removal queue. */
    dueMember: async (): Promise<string> => {
      const identity = newIdentity();
      const { participant } = await enter(identity);
      await setLevel(identity, 1);
      await until(
        () => checkOf(participant.id),
        ({ state }) => state === "due",
      );
      return participant.id;
    },
  };
}
