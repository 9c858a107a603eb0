import {
  type CampaignAction,
  type CampaignInput,
  type CampaignPatch,
  DEFAULT_SETTINGS,
  mergeSettings,
  publishFaults,
  transitionOf,
} from "../domain/campaign.ts";
import { lackingOf } from "../domain/abilities.ts";
import { type Id, parseId } from "../domain/id.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { notFound, Problem } from "../domain/problem.ts";
import * as store from "../store/campaigns.ts";
import { refusalOf } from "../store/constraint.ts";
import { type Call, demand, fieldProblem, found, tenantOf } from "./call.ts";

export type Campaign = store.Campaign;

const groupsProblem = () =>
  fieldProblem("/groupIds", "unknown_group", "names a group that is not of this community");

/** The ids of groups, or the refusal that one of them cannot be one. */
function checkGroupIds(groupIds: Id[] | null | undefined): void {
  if (groupIds?.some((id) => parseId("group", id) === null)) throw groupsProblem();
}

/** Turns what the database refused about a campaign into the field that is wrong. */
async function naming<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal?.name === "campaigns_window") {
      throw fieldProblem("/endsAt", "window_reversed", "must be after startsAt");
    }
    if (refusal?.name === "campaigns.community_id") throw notFound("community");
    if (refusal?.name === "campaign_groups.group_id") throw groupsProblem();
    throw error;
  }
}

export async function createCampaign(call: Call, input: CampaignInput): Promise<store.Campaign> {
  demand(call, "write", "workspace");
  if (parseId("community", input.communityId) === null) throw notFound("community");
  checkGroupIds(input.groupIds);
  const { db, newId, now } = call.ports;
  const { communityId, name, type, startsAt, endsAt, timezone, groupIds, gate } = input;
  const row = {
    communityId,
    name,
    type,
    startsAt: startsAt ?? null,
    endsAt: endsAt ?? null,
    timezone: timezone ?? "UTC",
    groupIds: groupIds ?? null,
    gate: gate ?? null,
    settings: mergeSettings(DEFAULT_SETTINGS, input),
  };
  return naming(store.insertCampaign(db, tenantOf(call), newId(), row, now()));
}

export async function listCampaigns(call: Call, query: PageQuery): Promise<Page<store.Campaign>> {
  demand(call, "read");
  const ask = askById("campaign", query);
  const rows = await store.listCampaigns(call.ports.db, tenantOf(call), ask);
  return cutById(rows, ask);
}

export async function getCampaign(call: Call, id: Id): Promise<store.Campaign> {
  demand(call, "read");
  return found(await store.findCampaign(call.ports.db, tenantOf(call), id), "campaign");
}

/** A campaign that is open takes no gate that this installation cannot offer; a draft may, until it is published. */
async function checkGate({ ports, ...call }: Call, id: Id, { gate }: CampaignPatch): Promise<void> {
  const lacking = lackingOf(gate ?? null, ports.abilities);
  if (lacking.length === 0) return;
  const campaign = await store.findCampaign(ports.db, tenantOf({ ports, ...call }), id);
  if (campaign === undefined || campaign.status === "draft") return;
  throw new Problem("not_publishable", "The campaign is open, and nobody could pass this gate.", lacking);
}

/** Changes a campaign. A gate becomes its next version; decisions that were taken stay as they are. */
export async function patchCampaign(call: Call, id: Id, patch: CampaignPatch): Promise<store.Campaign> {
  demand(call, "write");
  checkGroupIds(patch.groupIds);
  await checkGate(call, id, patch);
  const { db, now } = call.ports;
  const { rotation, allocation, attribution, referral, board, ...set } = patch;
  const given = Object.entries({ rotation, allocation, attribution, referral, board });
  const settings = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const known = Object.entries(set).filter(([, value]) => value !== undefined);
  const change = { ...Object.fromEntries(known), settings };
  return found(await naming(store.updateCampaign(db, tenantOf(call), id, change, now())), "campaign");
}

/** Publishes, pauses, resumes or ends a campaign. */
export async function moveCampaign(call: Call, id: Id, action: CampaignAction): Promise<store.Campaign> {
  demand(call, "write");
  const { db, now, abilities } = call.ports;
  const { campaign, community, groupCount } = found(
    await store.findForPublishing(db, tenantOf(call), id),
    "campaign",
  );
  const { from, to } = transitionOf(action);
  if (action === "publish" && campaign.status === "draft") {
    const faults = publishFaults(community, campaign, groupCount, now(), lackingOf(campaign.gate, abilities));
    if (faults.length > 0) {
      throw new Problem("not_publishable", "The campaign cannot be published yet.", faults);
    }
  }
  const moved = await store.moveCampaign(db, tenantOf(call), id, from, to, now());
  if (moved !== undefined) return moved;
  throw new Problem(
    "invalid_transition",
    `A campaign that is ${campaign.status} cannot be told to ${action}.`,
  );
}
