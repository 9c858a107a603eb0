import {
  type Answer,
  type Api,
  joinAtGate,
  joinBy,
  mintCampaign,
  newIdentity,
  request,
} from "../../support/api.ts";
import { made } from "./expect.ts";
import { timeless } from "./timeless.ts";

/** Long enough that no code runs out within a test. */
const SLOW = { mode: "rotating", periodSeconds: 300 };

type Options = Parameters<typeof mintCampaign>[1];

/** A published campaign whose channel invite rotates. */
export const mintRotating = (api: Api, options: Options = {}) =>
  mintCampaign(api, { ...options, invite: { rotation: SLOW, ...options.invite } });

/** The token in an invite's `currentUrl`. */
export const tokenIn = (currentUrl: string): string => new URL(currentUrl).pathname.split("/")[3] as string;

/** Opens an invite as a client of the API does; without a token where it is null. */
export const land = (
  code: string,
  token: string | null,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  request(`/i/${code}${token === null ? "" : `/${token}`}`, {
    headers: { Accept: "application/json", ...headers },
  });

/** Scans what a screen would show of an invite right now; answers the ticket. */
export async function scanLive(api: Api, inviteId: string): Promise<{ code: string; ticket: string }> {
  const { code, currentUrl } = await made(api.get(`/v1/invites/${inviteId}`));
  const { ticket } = await made(land(code, tokenIn(currentUrl)));
  return { code, ticket };
}

/** Somebody scans and joins at the gate. */
export async function scanAndJoin(api: Api, inviteId: string, identity = newIdentity()): Promise<Answer> {
  const { code, ticket } = await scanLive(api, inviteId);
  return joinAtGate(code, { identity, ticket });
}

/** A join through a trusted server, with a ticket where one is given. */
export const bring = (
  api: Api,
  campaignId: string,
  code: string,
  ticket?: string,
  identity = newIdentity(),
) => joinBy(api, campaignId, code, identity, ticket === undefined ? {} : { ticket });

/** Everything of a campaign that counts. */
export async function countedOf(api: Api, campaignId: string, communityId: string, inviteId: string) {
  const campaign = `/v1/campaigns/${campaignId}`;
  const [funnel, sources, ledger, participants, invite, groups] = await Promise.all(
    [
      `${campaign}/funnel`,
      `${campaign}/sources`,
      `${campaign}/ledger`,
      `${campaign}/participants`,
      `/v1/invites/${inviteId}`,
      `/v1/communities/${communityId}/groups`,
    ].map((path) => made(api.get(path))),
  );
  const { currentUrl: _, ...kept } = invite;
  return { funnel: timeless(funnel), sources: timeless(sources), ledger, participants, invite: kept, groups };
}
