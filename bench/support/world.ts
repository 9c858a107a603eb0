import { randomBytes } from "node:crypto";
import type { Actor } from "../../src/domain/key.ts";
import { buildPorts } from "../../src/runtime/build-ports.ts";
import { parseConfig } from "../../src/runtime/config.ts";
import { openDatabase } from "../../src/runtime/database/node.ts";
import type { Id } from "../../src/domain/id.ts";
import type { Ports } from "../../src/runtime/ports.ts";
import type { Call } from "../../src/services/call.ts";
import { createCampaign, moveCampaign } from "../../src/services/campaigns.ts";
import { createCommunity } from "../../src/services/communities.ts";
import { DEMO } from "../../src/services/demo.ts";
import { createGroup } from "../../src/services/groups.ts";
import { createInvite, type Invite } from "../../src/services/invites.ts";
import { bootstrap } from "../../src/services/keys.ts";
import type { Driver } from "../../src/store/db.ts";
import type { Defer } from "./scope.ts";

/** What a server in another process needs in order to be of the same installation. */
export const INSTALLATION = {
  QROVE_SECRET: randomBytes(32).toString("hex"),
  QROVE_ADMIN_KEY: randomBytes(24).toString("hex"),
};

const GROUPS = 12;
const SEATS = 1_000_000;

/** A published campaign and its poster's invite. */
export type Place = { communityId: Id; campaignId: Id; invite: Invite };

/** An installation with a community whose groups never fill up. */
export type World = {
  url: string;
  driver: Driver;
  ports: Ports;
  call: Call;
  /** Publishes another campaign of the community, with nobody in it. */
  openCampaign: () => Promise<Place>;
};

/** Sets up an installation on an empty database, through the services. */
export async function openWorld(url: string, defer: Defer): Promise<World> {
  const database = await openDatabase(url, null, "migrations");
  defer(() => database.close());
  const config = parseConfig({ ...INSTALLATION, QROVE_QUIET: "1" });
  const ports = buildPorts(config, database.driver, INSTALLATION.QROVE_SECRET);
  const first = await bootstrap(ports);
  if (first === null) throw new Error("the database was not empty");
  const actor: Actor = { ...first, scopes: ["admin"], campaignId: null, owner: true };
  const call = { ports, actor };
  const { id: communityId } = await createCommunity(call, DEMO.community);
  for (let priority = 0; priority < GROUPS; priority++) {
    const group = { name: `Group ${priority}`, carrier: "url" as const, joinUrl: "https://example.com/" };
    await createGroup(call, communityId, { ...group, capacity: SEATS, priority });
  }
  const openCampaign = async () => {
    const { id } = await createCampaign(call, { ...DEMO.campaign, communityId });
    await moveCampaign(call, id, "publish");
    return { communityId, campaignId: id, invite: await createInvite(call, id, DEMO.invite) };
  };
  return { url, driver: database.driver, ports, call, openCampaign };
}

let people = 0;

/** What a trusted server sends for somebody who was never here, by an invite's code. */
export const newcomer = (invite: string) => ({
  invite,
  identity: { type: "email" as const, value: `person${++people}@example.com` },
  acknowledged: true,
  answers: { role: "Founder" },
});
