import type { Db } from "./db.ts";
import { lookAtCampaign } from "./verify/campaign.ts";
import { collector, type Difference } from "./verify/difference.ts";
import { listCampaignNumbers, readLastEntry } from "./verify/head.ts";
import { findStructure } from "./verify/structure.ts";

export type { Difference } from "./verify/difference.ts";

/** How often a campaign is looked at anew where its boards change meanwhile, before giving up. */
const LOOKS = 25;

/** What a check found. */
export type Report = {
  differences: Difference[];
  /** How many there are; of very many, not all are kept. */
  found: number;
  /** Campaigns where people have entries that are not folded yet, and how many. No fault. */
  behind: { campaignId: number; people: number }[];
  /** Campaigns whose boards never stood still for as long as reading them took: nothing is known of them. */
  restless: number[];
  /** The ledger's last entry when the check began. */
  upto: number;
};

/**
 * Recomputes every counter of all workspaces from the ledger and names each difference. It folds nothing.
 * Many reads: hand it a database that shows one moment (see `openSnapshot`), or one where not much
 * happens. It is the operator's check, never reachable through the API.
 * @param now by the server's clock: who is to have qualified
 */
export async function verify(db: Db, now: number): Promise<Report> {
  const upto = await readLastEntry(db);
  const found = collector();
  const behind: Report["behind"] = [];
  const restless: number[] = [];
  for (const difference of await findStructure(db)) found.add(difference);
  for (let after = 0; ;) {
    const page = await listCampaignNumbers(db, after);
    for (const campaignId of page) {
      let looked: Awaited<ReturnType<typeof lookAtCampaign>>;
      for (let look = 0; look < LOOKS && looked === undefined; look++) {
        looked = await lookAtCampaign(db, campaignId, now);
      }
      if (looked === undefined) restless.push(campaignId);
      else {
        found.addAll(looked.found);
        if (looked.behind > 0) behind.push({ campaignId, people: looked.behind });
      }
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
  }
  return { differences: found.kept, found: found.found(), behind, restless, upto };
}

/**
 * The differences that `verify` finds.
 * @throws an Error where a campaign changes too much to be checked
 */
export async function findDifferences(db: Db, now = Number.POSITIVE_INFINITY): Promise<Difference[]> {
  const { differences, restless } = await verify(db, now);
  if (restless.length > 0) throw new Error(`the boards of ${restless.length} campaigns never stood still`);
  return differences;
}
