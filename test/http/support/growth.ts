import { type Api, joinBy, mintCampaign, newIdentity } from "../../support/api.ts";
import { made } from "./expect.ts";

export type Rate = { value: number | null; numerator: number; denominator: number; formula: string };

/** One of a campaign's figures. */
export const figures = (api: Api, campaign: { id: string }, path: string) =>
  made(api.get(`/v1/campaigns/${campaign.id}/${path}`));

/** What a share is made of, and what it is. */
export const of = (rate: Rate | null) => rate && [rate.numerator, rate.denominator, rate.value];

/** A campaign in which a brought b and c, b brought d, and somebody came by the live stream. */
export async function scene(api: Api) {
  const { campaign, invite } = await mintCampaign(api, {
    groups: [{ capacity: 100 }],
    invite: { medium: "hall" },
  });
  const stream = await made(api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "stream" }));
  const come = async (code: string) => {
    const { participant, invite: own } = await made(joinBy(api, campaign.id, code, newIdentity()));
    return { id: participant.id as string, code: own.code as string };
  };
  const a = await come(invite.code);
  const b = await come(a.code);
  const c = await come(a.code);
  const d = await come(b.code);
  const e = await come(stream.code);
  const tell = (who: { id: string }, verb: string, body: object = {}) =>
    made(api.post(`/v1/participants/${who.id}/${verb}`, body));
  return { campaign, people: { a, b, c, d, e }, tell };
}
