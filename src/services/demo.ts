import type { CampaignInput } from "../domain/campaign.ts";
import type { CommunityInput } from "../domain/community.ts";
import type { Actor } from "../domain/key.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Invite } from "../store/invites.ts";
import { createCampaign, moveCampaign } from "./campaigns.ts";
import { createCommunity } from "./communities.ts";
import { createGroup } from "./groups.ts";
import { createInvite } from "./invites.ts";

/** What a first run sets up, so that there is something to scan. */
export const DEMO = {
  community: {
    name: "Founders' Breakfast 创始人早餐会",
    purpose: "A monthly breakfast where founders swap honest notes. 每月一次，创始人坦诚交流。",
    organiser: { name: "Qrove demo", verified: false },
    goal: "Everybody leaves with one thing to try. 每个人都带走一个可以尝试的想法。",
    values: ["Honesty 坦诚", "Help first 先予后取"],
    rules: ["No advertising. 禁止广告。", "What is said here stays here. 内容不外传。"],
    commercialIntent: "none",
  } satisfies CommunityInput,
  groups: [1, 2, 3].map((n) => ({
    name: `Breakfast ${n}`,
    carrier: "url" as const,
    joinUrl: `https://example.com/breakfast/${n}`,
    capacity: 200,
    priority: n,
  })),
  campaign: {
    name: "Spring breakfast 春季早餐会",
    type: "event",
    gate: { kind: "answer", field: "role", label: "Your role 您的职位", op: "answered" },
  } satisfies Omit<CampaignInput, "communityId">,
  invite: { channel: "demo", medium: "poster", label: "First poster" },
};

/** Makes the demo community with a published campaign; answers its first invite. */
export async function makeDemo(ports: Ports, actor: Actor): Promise<Invite> {
  const call = { ports, actor };
  const community = await createCommunity(call, DEMO.community);
  for (const group of DEMO.groups) await createGroup(call, community.id, group);
  const campaign = await createCampaign(call, { ...DEMO.campaign, communityId: community.id });
  await moveCampaign(call, campaign.id, "publish");
  return createInvite(call, campaign.id, DEMO.invite);
}
