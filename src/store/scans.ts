import { sql } from "drizzle-orm";
import { type IdKind, parseId } from "../domain/id.ts";
import { hourOf, type Scan } from "../domain/scan.ts";
import { type Db, freshId } from "./db.ts";
import { prepared } from "./prepared.ts";
import { scans } from "./schema/scans.ts";

const insertion = prepared<{ firstId: number; rows: string }>((slot) => [
  sql`INSERT INTO scans
      (id, workspace_id, campaign_id, invite_id, visitor, hour, kind, device, country, at)
    SELECT ${freshId(scans, slot("firstId"))} + s.key, s.value->>0, s.value->>1, s.value->>2, s.value->>3, s.value->>4,
      s.value->>5, s.value->>6, s.value->>7, s.value->>8
    FROM json_each(${slot("rows")}) s WHERE true
    ON CONFLICT (invite_id, hour, visitor) DO UPDATE
      SET kind = 'person', device = excluded.device, country = excluded.country, at = excluded.at
      WHERE kind <> 'person' AND excluded.kind = 'person'`,
]);

/**
 * Keeps arrivals: one statement for all of them, in one bound value, for D1 binds only 100. A visitor
 * is kept once an invite and hour. Where a machine came first with the same marks, the person stands.
 * @param firstId a candidate (see `freshId`); the rows take it and what follows
 */
export async function insertScans(db: Db, arrivals: readonly Scan[], firstId: number): Promise<void> {
  const number = (kind: IdKind, id: string) => parseId(kind, id);
  const rows = arrivals.map((scan) => [
    number("workspace", scan.workspaceId),
    number("campaign", scan.campaignId),
    number("invite", scan.inviteId),
    scan.visitor,
    hourOf(scan.at),
    scan.kind,
    scan.device,
    scan.country,
    scan.at,
  ]);
  await db.run("write", insertion({ firstId, rows: JSON.stringify(rows) }));
}
