import { formatId } from "../domain/id.ts";
import { CHECKED, type Difference } from "../store/verify/difference.ts";
import type { Report } from "../store/verify.ts";

/** Lines of a report that are shown at the most. */
const SHOWN = 1000;

/** A difference as an operator reads it. */
export function describe(difference: Difference): string {
  const { what, id, campaignId, stored, derived, board, bucket, cell } = difference;
  const { of, as }: { of: (typeof CHECKED)[typeof what]["of"]; as?: string } = CHECKED[what];
  const value = (n: number | null): string => {
    if (n === null) return "nothing";
    if (as === "instant") return new Date(n).toISOString();
    return as === "participant" ? formatId("participant", n) : String(n);
  };
  const whose = of === "board" ? `board ${id}` : `${of} ${formatId(of, id)}`;
  const where =
    board === undefined
      ? (cell ?? "") && ` (${cell})`
      : ` on board ${board.id} (${board.name}${board.final ? ", final" : ""}${bucket ? `, bucket ${bucket.bucket} of level ${bucket.level}` : ""})`;
  const campaign =
    campaignId === null || of === "campaign" ? "" : ` in campaign ${formatId("campaign", campaignId)}`;
  return `${whose}${campaign}: ${what}${where} is ${value(stored)}, recounted ${value(derived)}`;
}

/** What a check found, line by line. */
export function linesOf({ differences, found, behind, restless }: Report): string[] {
  const shown = differences.slice(0, SHOWN).map(describe);
  const campaign = (id: number) => `campaign ${formatId("campaign", id)}`;
  return [
    ...shown,
    ...(found > shown.length ? [`and ${found - shown.length} more`] : []),
    ...behind.map(
      ({ campaignId, people }) =>
        `${campaign(campaignId)}: ${people} people have entries that are not folded yet`,
    ),
    ...restless.map((id) => `${campaign(id)}: its boards never stood still, so they were not checked`),
    found > 0
      ? `${found} differ.`
      : restless.length > 0
        ? "Not all was checked."
        : "All counters agree with the ledger.",
  ];
}
