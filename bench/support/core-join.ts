import { randomInt } from "node:crypto";
import { hasWaitlist, newSeat } from "../../src/domain/allocation.ts";
import { formatId } from "../../src/domain/id.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { findArrival } from "../../src/store/arrival.ts";
import { admit } from "../../src/store/join/admit.ts";
import { hashText } from "./crowd.ts";
import type { Crowded } from "./crowded.ts";
import { generator } from "./tree.ts";
import { newcomer } from "./world.ts";

/** A whole join by the invite of somebody of the crowd. */
export type Join = () => Promise<void>;

/** How often the invite changes: a step that meets all of them, in an order that is not the tree's. */
const STEP = 7_919;

/** What the gate's answers come to, as it is kept. */
const LEAVES = [
  { path: "/all/0", criterion: "acknowledgement", result: "pass" as const, code: "acknowledged" },
  { path: "/all/1", criterion: "answer", result: "pass" as const, code: "answer_fits" },
];

/** The store's part of a join alone: the one batch that admits, after all was read and decided. */
export async function coreJoin({ world, place, crowd }: Crowded): Promise<Join> {
  const { ports, call } = world;
  const arrival = await findArrival(ports.db, place.invite.code, null, ports.now());
  if (arrival === undefined) throw new Error("the poster leads nowhere");
  const { allocation } = arrival.campaign.settings;
  const invites = crowd.ids.map((id) => formatId("invite", id));
  const random = generator(randomInt(2 ** 32));
  // All seeds are places on one cycle, and the crowd's hashes are a stretch of it: the end is this run's own.
  const ending = hashText(() => randomInt(2 ** 32) / 2 ** 32).slice(-10);
  let turn = 0;
  return async () => {
    const now = ports.now();
    const attempt = 1 + Math.floor(random() * 2 ** 31) * 2 ** 20 + turn;
    const { participant } = await admit(ports.db, {
      workspaceId: call.actor.workspaceId,
      communityId: place.communityId,
      campaignId: place.campaignId,
      inviteId: invites[(++turn * STEP) % invites.length] as string,
      identityHash: hashText(random).slice(ending.length) + ending,
      identityType: "email",
      attempt,
      ticket: null,
      now,
      evaluation: {
        gateVersion: arrival.campaign.gateVersion,
        result: "pass",
        leaves: LEAVES,
        factsDigest: null,
        facts: null,
      },
      spends: [],
      credit: { inviteId: null, holderId: null, allowKnown: false, touches: null },
      displayName: "Guest 1234",
      attributes: null,
      strategy: allocation.strategy,
      seat: newSeat(allocation, now),
      mayWait: hasWaitlist(allocation),
      applies: false,
      rechecks: false,
      application: null,
      code: ports.newCode(),
      actor: call.actor.keyId,
      newId: ports.newId,
    });
    if (participant?.attempt !== attempt) throw new Error("a join did not come in");
  };
}

/** The whole service: what the API calls. */
export function serviceJoin({ world, place, crowd }: Crowded): Join {
  let turn = 0;
  return async () => {
    const code = crowd.codes[(++turn * STEP) % crowd.codes.length] as string;
    const { outcome } = await joinByServer(world.call, place.campaignId, newcomer(code), "en");
    if (outcome !== "joined") throw new Error(`a join came out as ${outcome}`);
  };
}

/** Folds what is pending of the crowd's campaign. @param aside beside those who join */
export const foldOf =
  ({ world, place }: Crowded) =>
  (aside = false): Promise<void> =>
    foldCampaign(world.ports, place.campaignId, aside);
