import { type Api, joinBy, mintCampaign } from "../../support/api.ts";
import { made } from "./expect.ts";

/** A participant who is nowhere. */
export const NOBODY = "ptc_00000000001";
export const because = { cause: "because" };

/** The path of a participant, and of what is done to them. */
export const personPath = (id: string, verb = ""): string => `/v1/participants/${id}${verb && `/${verb}`}`;

/** The first hundred entries of a campaign's ledger. */
export const entriesOf = async (api: Api, campaignId: string) =>
  (await made(api.get(`/v1/campaigns/${campaignId}/ledger?limit=100`))).data;

/** A line of people, each brought by the one before: their ids, and the codes of their own invites. */
export async function mintLine(api: Api, length: number, campaign: Record<string, unknown> = {}) {
  const world = await mintCampaign(api, { groups: [{ capacity: 20 }], campaign });
  const ids: string[] = [];
  const codes: string[] = [];
  for (let i = 0, code = world.invite.code; i < length; i++) {
    const joined = await made(joinBy(api, world.campaign.id, code));
    code = joined.invite.code;
    ids.push(joined.participant.id);
    codes.push(code);
  }
  return { ...world, ids, codes };
}

/** The member whom a join's answer is about. */
export const memberOf = async (api: Api, joined: { participant: { id: string } }): Promise<string> =>
  (await made(api.get(personPath(joined.participant.id)))).memberId;
