import { errorName } from "../domain/errors.ts";
import { encodeBase32 } from "../domain/base32.ts";
import { idDigits } from "../domain/id.ts";
import { dayOf, deviceOf, type ScanKind } from "../domain/scan.ts";
import type { Client, Ports } from "../runtime/ports.ts";
import type { Arrival } from "../store/arrival.ts";

/** What is known of a request that arrived on an invite. None of it is kept as it is. */
export type Visit = Client & { userAgent: string; language: string; kind: ScanKind };

/** 80 bits: enough that two visitors of one invite and hour do not meet. */
const VISITOR_BYTES = 10;

/**
 * Who came, as a hash that nobody can turn back without the installation's secret. Its key is of the
 * day and its text names the campaign: nobody is followed from day to day or to another campaign.
 */
export async function visitorOf(
  { secrets }: Pick<Ports, "secrets">,
  campaignId: string,
  { ip, userAgent, language }: Pick<Visit, "ip" | "userAgent" | "language">,
  at: number,
): Promise<string> {
  const text = [idDigits(campaignId), ip ?? "", userAgent, language].join("\n");
  const mac = await secrets.mac(`visitor ${dayOf(at)}`, text);
  return encodeBase32(mac.subarray(0, VISITOR_BYTES));
}

/** Hands an arrival on an invite to be kept. Never throws: a page does not fail for a statistic. */
export async function recordScan(
  ports: Ports,
  { invite, campaign }: Pick<Arrival, "invite" | "campaign">,
  visit: Visit,
): Promise<void> {
  if (!ports.scans) return;
  try {
    const at = ports.now();
    await ports.scans.record({
      workspaceId: invite.workspaceId,
      campaignId: campaign.id,
      inviteId: invite.id,
      visitor: await visitorOf(ports, campaign.id, visit, at),
      kind: visit.kind,
      device: deviceOf(visit.userAgent),
      country: visit.country,
      at,
    });
  } catch (error) {
    ports.log.error("scan_lost", { count: 1, name: errorName(error) });
  }
}
