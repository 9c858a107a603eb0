import { type SQL, sql } from "drizzle-orm";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { IdentityType } from "../domain/identity.ts";
import type { Attributes } from "../domain/join.ts";
import type { PageAsk } from "../domain/page.ts";
import { MAX_TAGS, type MemberPatch, type RowFault } from "../domain/profile.ts";
import { nudge } from "./applications.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";
import type { Tenant } from "./tenant.ts";

/** What is told of one person: known by the hash of an identity, or as a member. */
export type ToldRow = { who: { hash: string } | { memberId: Id }; patch: MemberPatch };

/** What is known of a person now; `memberId` is null before they are in. */
export type Profile = {
  memberId: Id | null;
  level: number | null;
  tags: string[];
  attributes: Attributes;
  lastReadAt: number | null;
  updatedAt: number;
};

/** What became of rows: nothing was written where the community is a stranger's, or some row has a fault. */
export type Written = { own: boolean; faults: { row: number; fault: RowFault }[]; profiles: Profile[] };

const workspaceOf = ({ workspaceId }: Tenant) => sql`${parseId("workspace", workspaceId)}`;

/** The number of community `id` if it is the tenant's, else NULL. */
export const communityBy = (tenant: Tenant, id: Id): SQL =>
  sql`(SELECT c.id FROM communities c WHERE c.id = ${parseId("community", id)} AND c.workspace_id = ${workspaceOf(tenant)})`;

/** The same for the community of a member. */
export const communityOfMember = (tenant: Tenant, id: Id): SQL =>
  sql`(SELECT m.community_id FROM members m WHERE m.id = ${parseId("member", id)} AND m.workspace_id = ${workspaceOf(tenant)})`;

/** `p`: who is asked for, row by row; the hash is NULL of a member who is none. */
const people = (
  community: SQL,
  rows: string,
) => sql`people AS MATERIALIZED (SELECT j.key AS n, j.value AS told,
  coalesce(json_extract(j.value, '$[0]'), (SELECT m.identity_hash FROM members m
    WHERE m.id = json_extract(j.value, '$[1]') AND m.community_id = ${community})) AS hash FROM json_each(${rows}) j)`;

/** What each would be by what is told, and what is wrong with it. */
const wanted = (community: SQL, rows: string, now: number) => sql`WITH ${people(community, rows)},
  wanted AS MATERIALIZED (SELECT p.n, p.hash,
    iif(json_extract(p.told, '$[2]'), json_extract(p.told, '$[3]'), f.level) AS level,
    (SELECT json_group_array(t.value) FROM (SELECT s.value FROM json_each(coalesce(json_extract(p.told, '$[4]'), f.tags, '[]')) s
      UNION SELECT a.value FROM json_each(p.told, '$[5]') a
      EXCEPT SELECT r.value FROM json_each(p.told, '$[6]') r ORDER BY 1) t) AS tags,
    coalesce(json_extract(p.told, '$[7]'), f.attributes, '{}') AS attributes,
    coalesce(max(f.last_read_at, min(json_extract(p.told, '$[8]'), ${now})), f.last_read_at,
      min(json_extract(p.told, '$[8]'), ${now})) AS read_at,
    row_number() OVER (PARTITION BY p.hash ORDER BY p.n) AS nth
    FROM people p LEFT JOIN profiles f ON f.community_id = ${community} AND f.identity_hash = p.hash),
  faulty AS MATERIALIZED (SELECT n, CASE WHEN hash IS NULL THEN 'unknown_member' WHEN nth > 1 THEN 'duplicate'
      ELSE 'too_many_tags' END AS fault
    FROM wanted WHERE hash IS NULL OR nth > 1 OR json_array_length(tags) > ${MAX_TAGS})`;

type StoredProfile = [
  memberId: number | null,
  ...known: [number | null, string[], Attributes, number | null, number],
];

/**
 * Writes what is told of people into their profiles: all rows, or none where one has a fault. Whoever changed
 * is looked at again, but not for having read something: carriers tell of that all day. The same rows again
 * change nothing. One batch.
 * @param community `communityBy` or `communityOfMember`
 */
export async function writeProfiles(
  db: Db,
  tenant: Tenant,
  community: SQL,
  rows: readonly ToldRow[],
  now: number,
): Promise<Written> {
  const workspace = workspaceOf(tenant);
  const names = rows.map(({ who }) =>
    "hash" in who ? [who.hash, null] : [null, parseId("member", who.memberId)],
  );
  const told = JSON.stringify(rows.map(({ patch }, i) => [...(names[i] as []), ...columnsOf(patch)]));
  const who = JSON.stringify(names);
  const known = sql`WITH ${people(community, who)} SELECT`;
  const changed = sql`${known} f.identity_hash AS hash FROM people p CROSS JOIN profiles f
    WHERE f.community_id = ${community} AND f.identity_hash = p.hash AND f.updated_at = ${now}`;
  const [pending, checks] = nudge(workspace, changed, now) as [SQL, SQL];
  const [asked, , , , profiles] = await db.write([
    jsonQuery(
      db,
      sql`${wanted(community, told, now)} SELECT json_object('own', ${community} IS NOT NULL, 'faults',
        (SELECT json_group_array(json_object('row', n, 'fault', fault)) FROM (SELECT n, fault FROM faulty ORDER BY n)))`,
    ),
    db.q.run(sql`${wanted(community, told, now)} INSERT INTO profiles
        (workspace_id, community_id, identity_hash, level, tags, attributes, last_read_at, updated_at)
      SELECT ${workspace}, ${community}, w.hash, w.level, w.tags, w.attributes, w.read_at, ${now} FROM wanted w
      WHERE ${community} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM faulty)
      ON CONFLICT (community_id, identity_hash) DO UPDATE SET level = excluded.level, tags = excluded.tags,
        attributes = excluded.attributes, last_read_at = excluded.last_read_at,
        updated_at = iif(level IS NOT excluded.level OR tags <> excluded.tags OR attributes <> excluded.attributes,
          excluded.updated_at, updated_at)
      WHERE level IS NOT excluded.level OR tags <> excluded.tags OR attributes <> excluded.attributes
        OR last_read_at IS NOT excluded.last_read_at`),
    db.q.run(pending),
    db.q.run(checks),
    jsonQuery(
      db,
      sql`${known} json_array((SELECT m.id FROM members m WHERE m.community_id = ${community} AND m.identity_hash = p.hash),
          f.level, json(f.tags), json(f.attributes), f.last_read_at, f.updated_at)
        FROM people p CROSS JOIN profiles f WHERE f.community_id = ${community} AND f.identity_hash = p.hash
        ORDER BY p.n`,
    ),
  ]);
  const [{ own, faults }] = jsonRows<{ own: number; faults: Written["faults"] }>(asked) as [
    { own: number; faults: Written["faults"] },
  ];
  const read = jsonRows<StoredProfile>(profiles).map(
    ([memberId, level, tags, attributes, lastReadAt, updatedAt]) => ({
      memberId: memberId === null ? null : formatId("member", memberId),
      level,
      tags,
      attributes,
      lastReadAt,
      updatedAt,
    }),
  );
  return { own: own === 1, faults, profiles: read };
}

/** What is told, in the order in which `wanted` reads it. */
const columnsOf = ({ level, tags, addTags, removeTags, attributes, lastReadAt }: MemberPatch) => [
  level === undefined ? 0 : 1,
  level ?? null,
  tags ?? null,
  addTags ?? [],
  removeTags ?? [],
  attributes ?? null,
  lastReadAt ?? null,
];

/** A member with what is known of them; `updatedAt` is null where nothing was ever told. */
export type Member = Omit<Profile, "memberId" | "updatedAt"> & {
  id: Id;
  communityId: Id;
  identityType: IdentityType;
  firstSeenAt: number;
  updatedAt: number | null;
};

type StoredMember = Omit<Member, "id" | "communityId" | "tags" | "attributes"> & {
  id: number;
  communityId: number;
  tags: string[] | null;
  attributes: Attributes | null;
};

const SELECT_MEMBERS = sql`SELECT json_object('id', m.id, 'communityId', m.community_id, 'identityType', m.identity_type,
    'firstSeenAt', m.created_at, 'level', f.level, 'tags', json(f.tags), 'attributes', json(f.attributes),
    'lastReadAt', f.last_read_at, 'updatedAt', f.updated_at)
  FROM members m LEFT JOIN profiles f ON f.community_id = m.community_id AND f.identity_hash = m.identity_hash`;

const membersOf = (rows: readonly [string][]): Member[] =>
  jsonRows<StoredMember>(rows).map((row) => ({
    ...row,
    id: formatId("member", row.id),
    communityId: formatId("community", row.communityId),
    tags: row.tags ?? [],
    attributes: row.attributes ?? {},
  }));

/** Which members a list shows. */
export type MemberFilter = { tag: string | null; minLevel: number | null };

/**
 * A page of a community's members, in the order of an index that every join keeps anyway: it says nothing of
 * them. One read, that passes over whomever the filter leaves out.
 */
export async function listMembers(
  db: Db,
  tenant: Tenant,
  communityId: Id,
  { tag, minLevel }: MemberFilter,
  { limit, position }: PageAsk,
): Promise<Member[]> {
  const community = parseId("community", communityId);
  const back = position?.direction === "before";
  const beyond =
    position === null
      ? sql``
      : sql`AND m.identity_hash ${sql.raw(back ? "<" : ">")} (SELECT k.identity_hash FROM members k
          WHERE k.id = ${parseId("member", position.key)} AND k.community_id = ${community})`;
  const [rows] = await db.readAside([
    jsonQuery(
      db,
      sql`${SELECT_MEMBERS} WHERE m.community_id = ${community} AND m.workspace_id = ${workspaceOf(tenant)} ${beyond}
        ${minLevel === null ? sql`` : sql`AND f.level >= ${minLevel}`}
        ${tag === null ? sql`` : sql`AND EXISTS (SELECT 1 FROM json_each(f.tags) t WHERE t.value = ${tag})`}
        ORDER BY m.identity_hash ${sql.raw(back ? "DESC" : "ASC")} LIMIT ${limit + 1}`,
    ),
  ]);
  return membersOf(rows);
}

/** One member, or undefined. One read. */
export async function findMember(db: Db, tenant: Tenant, id: Id): Promise<Member | undefined> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`${SELECT_MEMBERS} WHERE m.id = ${parseId("member", id)} AND m.workspace_id = ${workspaceOf(tenant)}`,
    ),
  ]);
  return membersOf(rows)[0];
}
