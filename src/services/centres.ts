import { type Centres, centresOf, cutOffOf } from "../domain/centres.ts";
import type { Rate } from "../domain/growth.ts";
import type { Id } from "../domain/id.ts";
import { type Hub, readCentres } from "../store/tree/centres.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { readFolded } from "./freshness.ts";

/** The centres of a campaign's trees. */
export type LocalCentres = Centres & { hubs: (Hub & { cutOff: Rate })[]; accurateAsOf: number };

/** Who the hubs of a campaign are, by how many they brought or by all below them, and how much hangs on them. */
export async function readLocalCentres(
  call: Call,
  campaignId: Id,
  { by, limit }: { by: "direct" | "team"; limit: number },
): Promise<LocalCentres> {
  demand(call, "read");
  const { ports } = call;
  const read = async (now: number) =>
    found(await readCentres(ports.db, tenantOf(call), campaignId, by, limit, now), "campaign");
  const { hubs, accurateAsOf, ...counts } = await readFolded(ports, () => campaignId, false, read);
  const cutOff = hubs.map((hub) => ({ ...hub, cutOff: cutOffOf(hub.team, counts.spread) }));
  return { ...centresOf(counts), hubs: cutOff, accurateAsOf };
}
