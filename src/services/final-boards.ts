import { closedBecause } from "../domain/campaign.ts";
import type { Id } from "../domain/id.ts";
import { METRIC_KINDS, type MetricKind } from "../domain/metrics/index.ts";
import { Problem } from "../domain/problem.ts";
import { findCampaign } from "../store/campaigns.ts";
import { succeedBoards } from "../store/fold/build.ts";
import { listAllTimeBoards } from "../store/fold/lagging.ts";
import { buildNow } from "./board-building.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { foldInTurn } from "./following.ts";

/** How the boards of a campaign that is over stand. */
export type Finality = { metric: MetricKind; final: boolean }[];

/**
 * Closes the boards of a campaign for good, when it is over and was reviewed: as they are now they never
 * change again. Trees and people's own pages go on with boards of their own. Again, it changes nothing.
 * @throws Problem `invalid_transition` while the campaign goes on; `board_building` while it is under way
 */
export async function finaliseBoards(call: Call, campaignId: Id): Promise<Finality> {
  demand(call, "write");
  const { ports } = call;
  const campaign = found(await findCampaign(ports.db, tenantOf(call), campaignId), "campaign");
  if (closedBecause(campaign, ports.now()) !== "campaign_over")
    throw new Problem("invalid_transition", "The campaign is not over yet: end it, or wait for its end.");
  await foldInTurn(ports, campaignId);
  await succeedBoards(ports.db, campaignId, ports.now(), ports.now());
  for (const { id, state, ...name } of await listAllTimeBoards(ports.db, campaignId)) {
    if (state === "building") await buildNow(ports, campaignId, id, name);
  }
  const boards = await listAllTimeBoards(ports.db, campaignId);
  return METRIC_KINDS.map((metric) => ({
    metric,
    final: boards.some((board) => board.metric === metric && board.state === "final"),
  }));
}
