import type { Actor } from "../../src/domain/key.ts";
import { buildPorts } from "../../src/runtime/build-ports.ts";
import { parseConfig } from "../../src/runtime/config.ts";
import { openDatabase } from "../../src/runtime/database/node.ts";
import type { Ports } from "../../src/runtime/ports.ts";
import type { Call } from "../../src/services/call.ts";
import { createCampaign, moveCampaign } from "../../src/services/campaigns.ts";
import { createCommunity } from "../../src/services/communities.ts";
import { createGroup } from "../../src/services/groups.ts";
import { createInvite } from "../../src/services/invites.ts";
import { bootstrap } from "../../src/services/keys.ts";
import type { Driver } from "../../src/store/db.ts";
import { COMMUNITY } from "./api.ts";
import { TEST_ENV } from "./hosts/host.ts";
import { temporaryFolder } from "./processes.ts";

/** A clock that stands still until it is told to go on. */
export type Clock = { now: number };

/**
 * Real ports over an embedded file, with a clock of the test's own; nothing else is replaced.
 * @param through what stands before the file's driver, where a test looks at what goes through
 */
export async function openPorts(
  clock?: Clock,
  through = (driver: Driver): Driver => driver,
): Promise<{ ports: Ports; call: Call; close: () => Promise<void> }> {
  const folder = await temporaryFolder();
  const database = await openDatabase(`file:${folder.path}/qrove.db`, null, "migrations");
  const built = buildPorts(parseConfig(TEST_ENV), through(database.driver), TEST_ENV.QROVE_SECRET);
  const ports = clock ? { ...built, now: () => clock.now } : built;
  const first = await bootstrap(ports);
  if (first === null) throw new Error("the database was not empty");
  const actor: Actor = { ...first, scopes: ["admin"], campaignId: null, owner: true };
  return {
    ports,
    call: { ports, actor },
    close: async () => {
      database.close();
      await folder.remove();
    },
  };
}

/** A published campaign with one channel invite, made through the services. */
export async function openCampaign(call: Call, capacities: readonly number[], gate?: unknown) {
  const community = await createCommunity(call, { ...COMMUNITY, commercialIntent: "none" });
  const groups = [];
  for (const [i, capacity] of capacities.entries()) {
    const input = { name: `Group ${i}`, carrier: "url" as const, joinUrl: "https://example.com/", capacity };
    groups.push(await createGroup(call, community.id, input));
  }
  const campaign = await createCampaign(call, {
    communityId: community.id,
    name: "Spring",
    type: "event",
    gate: gate as never,
  });
  await moveCampaign(call, campaign.id, "publish");
  const invite = await createInvite(call, campaign.id, { channel: "poster" });
  return { community, groups, campaign, invite };
}
