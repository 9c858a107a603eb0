import { and, eq, type SQL, sql } from "drizzle-orm";
import { EVENT_SUBJECTS, type EventKind } from "../domain/event.ts";
import type { Vitals, Warning } from "../domain/health.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId, jsonQuery, jsonRows } from "./db.ts";
import { byId } from "./paging.ts";
import { outbox } from "./schema/outbox.ts";
import { inCampaign, type Tenant } from "./tenant.ts";

type Stored = {
  campaign: number;
  waiting: number;
  lostDemand: number;
  groups: (Omit<Vitals["groups"][number], "id"> & { id: number })[];
  displays: (Omit<Vitals["displays"][number], "id"> & { id: number })[];
};

const selectVitals = (db: Db, where: SQL) =>
  jsonQuery(
    db,
    sql`SELECT json_object('campaign', c.id,
      'waiting', (SELECT count(*) FROM waitlist w WHERE w.campaign_id = c.id AND w.promoted_at IS NULL),
      'lostDemand', (SELECT count(*) FROM lost_demand l WHERE l.campaign_id = c.id),
      'groups', json((SELECT json_group_array(json_object('id', g.id, 'name', g.name, 'state', g.state, 'used', g.used,
          'capacity', g.capacity, 'expiresAt', g.expires_at, 'retiresAt', g.retires_at))
        FROM groups g WHERE g.community_id = c.community_id AND (c.all_groups = 1 OR EXISTS
          (SELECT 1 FROM campaign_groups cg WHERE cg.campaign_id = c.id AND cg.group_id = g.id)))),
      'displays', json((SELECT json_group_array(json_object('id', d.id, 'label', d.label, 'lastSeenAt', d.last_seen_at))
        FROM displays d WHERE d.campaign_id = c.id AND d.revoked_at IS NULL)))
    FROM campaigns c WHERE ${where}`,
  );

const toVitals = ({ campaign, groups, displays, ...counts }: Stored): Vitals => ({
  ...counts,
  campaignId: formatId("campaign", campaign),
  groups: groups.map((group) => ({ ...group, id: formatId("group", group.id) })),
  displays: displays.map((display) => ({ ...display, id: formatId("display", display.id) })),
});

/** What a campaign's health is judged by, or undefined. One read. */
export async function findVitals(db: Db, tenant: Tenant, id: Id): Promise<Vitals | undefined> {
  const bound = tenant.campaignId === null || tenant.campaignId === id;
  const where = sql`c.id = ${parseId("campaign", id)}
    AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)} AND ${bound ? 1 : 0}`;
  const [rows] = await db.readAside([selectVitals(db, where)]);
  return jsonRows<Stored>(rows).map(toVitals)[0];
}

/** The same of up to 100 open campaigns of all tenants, after `after` in the order of their ids. One read. */
export async function listVitals(db: Db, after: Id | null, now: number): Promise<Vitals[]> {
  const where = sql`c.status = 'published' AND (c.ends_at IS NULL OR c.ends_at > ${now})
    AND c.id > ${after === null ? 0 : parseId("campaign", after)} ORDER BY c.id LIMIT 100`;
  const [rows] = await db.readAside([selectVitals(db, where)]);
  return jsonRows<Stored>(rows).map(toVitals);
}

/** Puts warnings of campaigns into the outbox, each trouble once. One batch. */
export async function keepWarnings(
  db: Db,
  campaigns: readonly { campaignId: Id; warnings: readonly Warning[] }[],
  id: number,
  now: number,
): Promise<void> {
  const list = JSON.stringify(
    campaigns.flatMap(({ campaignId, warnings }) =>
      warnings.map(({ kind, subject, message, key }) => ({
        campaign: parseId("campaign", campaignId),
        kind,
        subject: parseId(EVENT_SUBJECTS[kind], subject),
        data: JSON.stringify({ message }),
        key,
      })),
    ),
  );
  const field = (name: string) => sql`json_extract(j.value, ${`$.${name}`})`;
  await db.write([
    db.q.run(sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT f.id + j.key, c.workspace_id, c.id, ${field("kind")}, ${field("subject")}, ${field("data")}, ${field("key")}, ${now}
      FROM (SELECT ${freshId(outbox, id)} AS id) f CROSS JOIN json_each(${list}) j
        JOIN campaigns c ON c.id = ${field("campaign")}
      WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.campaign_id = c.id AND o.key = ${field("key")})
      ON CONFLICT (campaign_id, key) DO NOTHING`),
  ]);
}

/** An event of the outbox. */
export type Event = {
  id: Id;
  kind: EventKind;
  subject: Id;
  data: Record<string, string | number | null>;
  at: number;
};

/** A page of a campaign's events, newest first. One read. */
export async function listEvents(db: Db, tenant: Tenant, campaignId: Id, ask: PageAsk): Promise<Event[]> {
  const page = byId(outbox.id, "newest", ask);
  const scope = and(eq(outbox.campaignId, campaignId), inCampaign(outbox, tenant)) as SQL;
  const [rows] = await db.read([
    db.q
      .select({ id: outbox.id, kind: outbox.kind, subject: outbox.subject, data: outbox.data, at: outbox.at })
      .from(outbox)
      .where(page.where(scope))
      .orderBy(page.order)
      .limit(page.limit),
  ]);
  return rows.map((row) => ({ ...row, subject: formatId(EVENT_SUBJECTS[row.kind], row.subject) }));
}
