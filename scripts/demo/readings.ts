import type {
  AccessCode,
  Api,
  BoardRow,
  Entry,
  Funnel,
  Group,
  Invite,
  Participant,
  Stage,
} from "./marketer.ts";
import type { Join } from "./model.ts";

/** Everything that the API can tell about the campaign, read to the last page. */
export async function readAll(api: Api, { campaignId, communityId }: Stage) {
  const campaign = `/campaigns/${campaignId}`;
  return {
    funnel: (await api.get(`${campaign}/funnel`)) as Funnel,
    participants: (await api.all(`${campaign}/participants`)) as Participant[],
    ledger: (await api.all(`${campaign}/ledger`)) as Entry[],
    invites: (await api.all(`${campaign}/invites`)) as Invite[],
    groups: (await api.all(`/communities/${communityId}/groups`)) as Group[],
    accessCodes: (await api.all(`${campaign}/access-codes`)) as AccessCode[],
    board: {
      direct: (await api.all(`${campaign}/leaderboard`, { metric: "direct" })) as BoardRow[],
      team: (await api.all(`${campaign}/leaderboard`, { metric: "team" })) as BoardRow[],
    },
  };
}
export type Read = Awaited<ReturnType<typeof readAll>>;

/** The code behind an invite's id. */
export function codesOf({ invites }: Read): (inviteId: string) => string {
  const codes = new Map(invites.map(({ id, code }) => [id, code]));
  return (inviteId) => codes.get(inviteId) ?? `unlisted ${inviteId}`;
}

/** The ledger as joins, in its own order. */
export function joinsOf(read: Read): Join[] {
  const codeOf = codesOf(read);
  return read.ledger
    .filter(({ kind }) => kind === "joined")
    .map(({ participantId, inviterId, inviteId, groupId, at }) => ({
      id: participantId,
      parent: inviterId,
      invite: codeOf(inviteId),
      group: groupId,
      at,
    }));
}
