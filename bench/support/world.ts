import { randomBytes } from "node:crypto";
import type { Actor } from "../../src/domain/key.ts";
import { buildPorts, type Host } from "../../src/runtime/build-ports.ts";
import { parseConfig } from "../../src/runtime/config.ts";
import { openDatabase } from "../../src/runtime/database/node.ts";
import { createIds } from "../../src/runtime/ids.ts";
import { timerLater } from "../../src/runtime/later/timer.ts";
import type { Id } from "../../src/domain/id.ts";
import type { Ports } from "../../src/runtime/ports.ts";
import { directRecorder } from "../../src/runtime/scans/recorder.ts";
import { nodeCryptography } from "../../src/runtime/secrets-node.ts";
import { nodeTurn } from "../../src/runtime/turn-node.ts";
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
const SEATS = 2_000_000;

/** A published campaign and its poster's invite. */
export type Place = { communityId: Id; campaignId: Id; invite: Invite };

/** An installation with a community whose groups never fill up. */
export type World = {
  url: string;
  driver: Driver;
  ports: Ports;
  call: Call;
  communityId: Id;
  /** Publishes another campaign of the community, with nobody in it. */
  openCampaign: () => Promise<Place>;
};

/** The ports of this process, as the Node server's are: boards follow a join within a moment. */
function portsOn(driver: Driver, clock: () => number, isOpen: () => boolean): Ports {
  const config = parseConfig({ ...INSTALLATION, QROVE_QUIET: "1" });
  const later: Host["later"] = (log) => {
    const timer = timerLater(log);
    return (key, ms, work) => timer(key, ms, async () => (isOpen() ? work() : undefined));
  };
  const host = {
    clientOf: () => ({ ip: null, country: null }),
    recorder: directRecorder,
    later,
    cryptography: nodeCryptography,
    turn: nodeTurn(),
  };
  const ports = buildPorts(config, driver, INSTALLATION.QROVE_SECRET, host);
  return { ...ports, now: clock, newId: createIds(clock, ports.random) };
}

async function connect(url: string, clock: () => number, defer: Defer) {
  const database = await openDatabase(url, null, "migrations");
  let open = true;
  defer(() => {
    open = false;
    database.close();
  });
  return { driver: database.driver, ports: portsOn(database.driver, clock, () => open) };
}

const worldOf = (url: string, driver: Driver, call: Call, communityId: Id): World => ({
  url,
  driver,
  ports: call.ports,
  call,
  communityId,
  openCampaign: async () => {
    const { id } = await createCampaign(call, { ...DEMO.campaign, communityId });
    await moveCampaign(call, id, "publish");
    return { communityId, campaignId: id, invite: await createInvite(call, id, DEMO.invite) };
  },
});

/** Sets up an installation on an empty database, through the services. */
export async function openWorld(url: string, defer: Defer, clock = () => Date.now()): Promise<World> {
  const { driver, ports } = await connect(url, clock, defer);
  const first = await bootstrap(ports);
  if (first === null) throw new Error("the database was not empty");
  const { workspaceId, keyId } = first;
  const call = {
    ports,
    actor: { workspaceId, keyId, scopes: ["admin"], campaignId: null, owner: true } satisfies Actor,
  };
  const { id: communityId } = await createCommunity(call, DEMO.community);
  for (let priority = 0; priority < GROUPS; priority++) {
    const group = { name: `Group ${priority}`, carrier: "url" as const, joinUrl: "https://example.com/" };
    await createGroup(call, communityId, { ...group, capacity: SEATS, priority });
  }
  return worldOf(url, driver, call, communityId);
}

/** Opens an installation once more that `openWorld` has set up. */
export async function reopenWorld(
  { url, actor, communityId }: { url: string; actor: Actor; communityId: Id },
  defer: Defer,
): Promise<World> {
  const { driver, ports } = await connect(url, () => Date.now(), defer);
  return worldOf(url, driver, { ports, actor }, communityId);
}

let people = 0;
/** This process's own: crowds were built by others, who began to count at one too. */
const RUN = randomBytes(6).toString("hex");

/** What a trusted server sends for somebody who was never here, by an invite's code. */
export const newcomer = (invite: string) => ({
  invite,
  identity: { type: "email" as const, value: `person${++people}.${RUN}@example.com` },
  acknowledged: true,
  answers: { role: "Founder" },
});
