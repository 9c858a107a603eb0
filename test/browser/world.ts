import { type Api, type Answer, mintCampaign, mintWorkspace } from "../support/api.ts";

/** The door's question: only founders and chairs come in. */
const GATE = {
  kind: "answer",
  field: "title",
  label: "职位",
  op: "in",
  value: ["Founder", "Chair"],
  options: ["Founder", "Chair", "Student"],
};

const DISCLOSED = {
  name: "创始人早餐会",
  purpose: "每月一次，创始人坦诚交流经营中的难题。",
  organiser: { name: "林晓", contact: "mailto:lin@example.com", verified: true },
  goal: "每个人都带走一个可以马上尝试的办法。",
  values: ["坦诚", "先予后取"],
  rules: ["禁止广告。", "群内内容不外传。"],
  commercialIntent: "occasional",
};

/** Nothing but a seat leads here. */
export const GROUP_URL = "https://example.com/way-into-the-group";

/** A community as operators really describe theirs, a gate that asks one thing, and a printed invite. */
export async function openDoor(): Promise<{ api: Api; campaignId: string; code: string; path: string }> {
  const api = await mintWorkspace();
  const { community, campaign, invite } = await mintCampaign(api, {
    groups: [{ name: "早餐会一群", joinUrl: GROUP_URL, capacity: 20 }],
    campaign: { name: "春季早餐会", gate: GATE },
  });
  const told: Answer = await api.patch(`/v1/communities/${community.id}`, DISCLOSED);
  if (told.status !== 200) throw new Error(told.text);
  return { api, campaignId: campaign.id, code: invite.code, path: `/i/${invite.code}` };
}
