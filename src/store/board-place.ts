import { sql } from "drizzle-orm";
import { FOREVER } from "../domain/board.ts";
import { DEFAULT_SETTINGS } from "../domain/campaign.ts";
import type { CampaignStatus } from "../domain/campaign.ts";
import type { Lag } from "../domain/freshness.ts";
import { formatId, type Id } from "../domain/id.ts";
import type { MetricKind } from "../domain/metrics/index.ts";
import { boardRank, orderKey, placeInTie } from "./board-position.ts";
import type { OffBoard } from "./board.ts";
import type { Db } from "./db.ts";
import { lagOf } from "./fold/terms.ts";
import { prepared } from "./prepared.ts";
import { campaigns } from "./schema/campaigns.ts";
import { participants } from "./schema/people.ts";
import { workspaces } from "./schema/tenancy.ts";
import type { Tenant } from "./tenant.ts";

/** Where a participant stands on the board of all time by one metric. */
export type PlaceRead = Lag & {
  campaign: { id: Id; status: CampaignStatus; endsAt: number | null; people: number };
  metric: MetricKind;
  displayName: string;
  /** The board; null where nothing was folded yet. */
  board: { state: "building" | "live" | "final"; people: number; finalAt: number | null } | null;
  score: number;
  reachedAt: number | null;
  /** How many have a better score, and how many of their own stand before them. */
  aboveScore: number;
  inTie: number;
  off: OffBoard | null;
};

type Bound = { participant: Id; workspace: Id; campaign: Id | null; metric: MetricKind | null; now: number };

/** The key of the time in an order key is at its best for whoever has no score: then it is not asked for. */
const read = prepared<Bound>((slot) => {
  const bound = slot("campaign", campaigns.id);
  const metric = sql`coalesce(${slot("metric")}, json_extract(c.settings, '$.board.metric'),
    ${sql.raw(`'${DEFAULT_SETTINGS.board.metric}'`)})`;
  const inState = (state: string) => sql`(SELECT max(b.id) FROM boards b WHERE b.campaign_id = p.campaign_id
    AND b.state = ${sql.raw(`'${state}'`)} AND b.metric = ${metric} AND b.starts_at = 0
    AND b.ends_at = ${sql.raw(String(FOREVER))} AND b.filter = '')`;
  return [
    // The innermost query has a limit so that the place is worked out once.
    sql`SELECT json_array(t.campaign_id, t.status, t.ends_at, t.everybody, t.metric, t.display_name,
        t.state, t.people, t.final_at, coalesce(t.score, 0), t.reached_at,
        CASE WHEN t.score > 0 THEN ${boardRank("t.board", "t.place")} ELSE t.people END,
        CASE WHEN t.score > 0 THEN ${placeInTie("t.board", "t.place")} ELSE 0 END,
        CASE WHEN t.disqualified_at IS NOT NULL AND t.state IS NOT 'final' OR t.ranked = 0 THEN 'disqualified' END,
        json(${lagOf(sql`t.campaign_id`, slot("now"), sql`t.upto`)})) AS place
      FROM (SELECT p.id AS participant_id, p.campaign_id, p.display_name, p.disqualified_at, c.status, c.ends_at,
          coalesce(f.people, 0) AS everybody, coalesce(f.upto, 0) AS upto, b.id AS board, b.state, b.people, b.final_at,
          y.score, y.reached_at, y.ranked, ${sql.raw(orderKey.replaceAll("t.", "y."))} AS place, ${metric} AS metric
        FROM participants p CROSS JOIN campaigns c ON c.id = p.campaign_id
          LEFT JOIN folds f ON f.campaign_id = p.campaign_id
          LEFT JOIN boards b ON b.id = coalesce(${inState("final")}, ${inState("live")}, ${inState("building")})
          LEFT JOIN tallies y ON y.board_id = b.id AND y.participant_id = p.id
        WHERE p.id = ${slot("participant", participants.id)} AND p.workspace_id = ${slot("workspace", workspaces.id)}
          AND (${bound} IS NULL OR p.campaign_id = ${bound}) LIMIT 1) t
      LIMIT 1`,
  ];
});

type Stored = [
  campaign: number,
  status: CampaignStatus,
  endsAt: number | null,
  everybody: number,
  metric: MetricKind,
  displayName: string,
  state: "building" | "live" | "final" | null,
  people: number,
  finalAt: number | null,
  score: number,
  reachedAt: number | null,
  aboveScore: number | null,
  inTie: number,
  off: OffBoard | null,
  lag: Lag,
];

/**
 * Reads where a participant stands on the board of all time: by a metric, or by the campaign's own (null).
 * What it costs is the same for ten people and ten million. One read; undefined: no such participant.
 */
export async function readPlace(
  db: Db,
  tenant: Tenant,
  participant: Id,
  metric: MetricKind | null,
  now: number,
): Promise<PlaceRead | undefined> {
  const bound = { participant, workspace: tenant.workspaceId, campaign: tenant.campaignId, metric, now };
  const [rows] = await db.run("brief", read(bound));
  const text = rows?.[0]?.[0] as string | undefined;
  if (text === undefined) return undefined;
  const [id, status, endsAt, everybody, by, displayName, state, people, finalAt, score, reachedAt, ...place] =
    JSON.parse(text) as Stored;
  const [aboveScore, inTie, off, lag] = place;
  return {
    ...lag,
    campaign: { id: formatId("campaign", id), status, endsAt, people: everybody },
    metric: by,
    displayName,
    board: state && { state, people, finalAt },
    score,
    reachedAt,
    aboveScore: aboveScore ?? 0,
    inTie,
    off,
  };
}
