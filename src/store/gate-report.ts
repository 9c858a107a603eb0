import { sql } from "drizzle-orm";
import type { LeafCount, Movement } from "../domain/gate-report.ts";
import { QUARTER_MS } from "../domain/growth.ts";
import { type Id, idCandidate } from "../domain/id.ts";
import { type Db, jsonRows } from "./db.ts";
import { prepared } from "./prepared.ts";
import { IS_OF_PARTICIPANT } from "./evaluation-key.ts";
import { isOut } from "./standing/terms.ts";
import { own, type Whose, whose } from "./evaluations.ts";
import type { Tenant } from "./tenant.ts";

/** Everything that a report on a gate adds up. */
export type GateReportRead = {
  timezone: string;
  leaves: LeafCount[];
  movements: Movement[];
  /** Of those who joined in the period, who is away by now: by version. */
  lost: { gateVersion: number; people: number }[];
  /** The versions that ask for more than the acknowledgement. */
  gated: number[];
};

type Asked = Whose & { from: number; to: number; since: number };

const quarter = sql.raw(String(QUARTER_MS));

const report = prepared<Asked>((slot) => {
  const mine = own(slot);
  const inPeriod = (at: string) => sql`${sql.raw(at)} >= ${slot("from")} AND ${sql.raw(at)} < ${slot("to")}`;
  return [
    sql`SELECT json_object('timezone', c.timezone, 'gated', (SELECT json_group_array(v.version) FROM gates v
        WHERE v.campaign_id = c.id AND v.gate IS NOT NULL AND v.gate <> 'null')) FROM campaigns c WHERE ${mine}`,
    sql`SELECT json_object('gateVersion', q.version, 'path', q.path, 'criterion', q.criterion, 'result', q.result,
        'people', q.people, 'out', q.away) FROM (
      SELECT e.gate_version AS version, l.value->>'path' AS path, l.value->>'criterion' AS criterion,
        l.value->>'result' AS result, count(*) AS people,
        sum(NOT ${IS_OF_PARTICIPANT} AND NOT EXISTS (SELECT 1 FROM members m JOIN participants p ON p.campaign_id = c.id AND p.member_id = m.id
          WHERE m.community_id = c.community_id AND m.identity_hash = e.identity_hash)) AS away
      FROM campaigns c CROSS JOIN evaluations e ON e.campaign_id = c.id AND ${inPeriod("e.updated_at")}
        CROSS JOIN json_each(e.leaves) l
      WHERE ${mine} GROUP BY 1, 2, 3, 4) q`,
    // An entry is never older than its id, so whatever is before the period's first id is out of it.
    sql`SELECT json_object('at', q.quarter * ${quarter}, 'gateVersion', q.version, 'kind', q.kind, 'people', q.people)
      FROM (SELECT l.at / ${quarter} AS quarter, p.gate_version AS version,
          iif(l.kind = 'joined', 'joined', 'left') AS kind, count(*) AS people
        FROM campaigns c CROSS JOIN ledger l ON l.campaign_id = c.id AND l.id >= ${slot("since")}
          AND l.kind IN ('joined', 'left', 'removed', 'released') AND ${inPeriod("l.at")}
          CROSS JOIN participants p ON p.id = l.participant_id
        WHERE ${mine} GROUP BY 1, 2, 3) q`,
    sql`SELECT json_object('gateVersion', q.version, 'people', q.people) FROM (
      SELECT p.gate_version AS version, count(*) AS people
      FROM campaigns c CROSS JOIN participants p ON p.campaign_id = c.id AND ${inPeriod("p.joined_at")}
      WHERE ${mine} AND (p.left_at IS NOT NULL OR ${isOut("p.standing")}) GROUP BY 1) q`,
  ];
});

/** Reads what a report on a gate needs, or undefined: no such campaign. One read. */
export async function readGateReport(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  period: { from: number; to: number },
): Promise<GateReportRead | undefined> {
  const asked = { ...whose(tenant, campaignId), ...period, since: idCandidate(period.from, 0) };
  const [head = [], leaves = [], movements = [], lost = []] = (await db.run("aside", report(asked))) as [
    string,
  ][][];
  const [campaign] = jsonRows<Pick<GateReportRead, "timezone" | "gated">>(head);
  return (
    campaign && {
      ...campaign,
      leaves: jsonRows(leaves),
      movements: jsonRows(movements),
      lost: jsonRows(lost),
    }
  );
}
