import { type SQL, sql } from "drizzle-orm";
import {
  type ContactFact,
  NO_STORED_FACTS,
  type OrderFact,
  type ReviewFact,
  type StoredFacts,
} from "../domain/criteria/facts.ts";
import type { OrderItem } from "../domain/order.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { Db, Rows, Statement } from "./db.ts";
import { prepared } from "./prepared.ts";
import { campaigns, invites } from "./schema/campaigns.ts";
import { communities } from "./schema/communities.ts";
import { workspaces } from "./schema/tenancy.ts";

/** Whose facts, and which of those that a gate names. */
export type FactsAsk = {
  workspaceId: Id;
  communityId: Id;
  campaignId: Id;
  inviteId: Id;
  identityHash: string;
  /** Of the contact code that came with the request; null when none came. */
  codeHash: string | null;
  /** Who shows a code, or showed one before: a scan's ticket, or this one request. */
  bearer?: string | null;
  /** The number of an order that was typed in. */
  order: string | null;
  lists: readonly Id[];
  quotas: readonly { key: string; period: string }[];
  now: number;
};

type Bound = Omit<FactsAsk, "lists" | "quotas" | "bearer"> & {
  bearer: string | null;
  lists: string;
  quotas: string;
};

/** Wrong codes that one sending bears. */
export const MAX_CODE_ATTEMPTS = 5;

/** Orders of one person that are looked at, the newest first. */
const MAX_ORDERS = 500;

const ORDER = sql`json_array(o.id, o.source, o.reference, o.campaign_id, o.amount, o.refunded, o.currency,
  json(o.items), o.paid_at)`;

/**
 * One attempt at the code that was sent, counted as it is compared: no race gains another. A code is good
 * once, for whoever brought it back; what somebody else showed before lasts until then.
 */
const attemptCode = prepared<Bound>((slot) => {
  const right = (then: SQL, other: SQL) => sql`iif(code_hash = ${slot("codeHash")}, ${then}, ${other})`;
  return [
    sql`UPDATE contacts SET attempts = attempts + 1, verified_at = ${right(slot("now"), sql`verified_at`)},
        verified_by = ${right(slot("bearer"), sql`verified_by`)}, code_hash = ${right(sql`''`, sql`code_hash`)}
      WHERE campaign_id = ${slot("campaignId", campaigns.id)} AND identity_hash = ${slot("identityHash")}
        AND code_hash <> '' AND attempts < ${sql.raw(String(MAX_CODE_ATTEMPTS))} AND expires_at > ${slot("now")}`,
  ];
});

/** Whose facts, as SQL: lists and quotas as JSON text; `order` null where none can be offered. */
type Whose = Record<
  "workspace" | "community" | "campaign" | "invite" | "identity" | "lists" | "quotas",
  SQL
> & { order: SQL | null; bearer: SQL | null };

/** The order of a number: the person's own first, then one that is nobody's. */
const offeredOf = ({ workspace, identity, order }: Whose): SQL =>
  order === null
    ? sql`NULL`
    : sql`json((SELECT json_array(${ORDER}, o.holder_hash IS NULL, o.holder_hash = ${identity}) FROM orders o
        WHERE o.workspace_id = ${workspace} AND o.reference = ${order}
        ORDER BY o.holder_hash = ${identity} DESC, o.holder_hash IS NULL DESC, o.id LIMIT 1))`;

function factsOf(whose: Whose): SQL {
  const { workspace, community, campaign, invite, identity, bearer, lists, quotas } = whose;
  return sql`json_object(
      'firstSeenAt', (SELECT m.created_at FROM members m WHERE m.community_id = ${community} AND m.identity_hash = ${identity}),
      'profile', json((SELECT json_object('level', f.level, 'tags', json(f.tags), 'attributes', json(f.attributes),
          'lastReadAt', f.last_read_at)
        FROM profiles f WHERE f.community_id = ${community} AND f.identity_hash = ${identity})),
      'orders', (SELECT json_group_array(json(q.one)) FROM (SELECT ${ORDER} AS one FROM orders o
        WHERE o.workspace_id = ${workspace} AND o.holder_hash = ${identity}
        ORDER BY o.paid_at DESC LIMIT ${sql.raw(String(MAX_ORDERS))}) q),
      'offered', ${offeredOf(whose)},
      'reviews', (SELECT json_group_array(json_object('queue', r.queue, 'state', r.state, 'tries', r.tries,
          'decidedAt', r.decided_at, 'reason', r.reason))
        FROM reviews r WHERE r.campaign_id = ${campaign} AND r.identity_hash = ${identity} AND r.kind = 'entry'),
      'contact', json((SELECT json_object('verifiedAt', iif(k.verified_by = ${bearer ?? sql`NULL`}, k.verified_at, NULL),
          'expiresAt', iif(k.code_hash = '', 0, k.expires_at), 'attemptsLeft', max(0, ${sql.raw(String(MAX_CODE_ATTEMPTS))} - k.attempts))
        FROM contacts k WHERE k.campaign_id = ${campaign} AND k.identity_hash = ${identity})),
      'lists', (SELECT json_group_array(n.value) FROM json_each(${lists}) n CROSS JOIN list_entries e
        ON e.list_id = n.value AND e.hash = ${identity} AND e.workspace_id = ${workspace}),
      'quotas', (SELECT json_group_array(json_object('key', q.key, 'period', q.period, 'used', q.used))
        FROM json_each(${quotas}) n CROSS JOIN quotas q ON q.campaign_id = ${campaign}
          AND q.key = json_extract(n.value, '$[0]') AND q.period = json_extract(n.value, '$[1]')),
      'inviter', json((SELECT json_object('depth', u.depth + u.level_shift, 'tags', json(coalesce(f.tags, '[]')))
        FROM invites i JOIN participants u ON u.id = i.participant_id JOIN members m ON m.id = u.member_id
          LEFT JOIN profiles f ON f.community_id = m.community_id AND f.identity_hash = m.identity_hash
        WHERE i.id = ${invite} AND i.campaign_id = ${campaign})))`;
}

const facts = prepared<Bound>((slot) => [
  sql`SELECT ${factsOf({
    workspace: slot("workspaceId", workspaces.id),
    community: slot("communityId", communities.id),
    campaign: slot("campaignId", campaigns.id),
    invite: slot("inviteId", invites.id),
    identity: slot("identityHash"),
    order: slot("order"),
    bearer: slot("bearer"),
    lists: slot("lists"),
    quotas: slot("quotas"),
  })}`,
]);

const field = (name: string): SQL => sql.raw(`(who.value->>'${name}')`);

/** One row a person, in the order in which they are asked for. */
const factsOfMany = prepared<{ people: string }>((slot) => [
  sql`SELECT ${factsOf({
    workspace: field("workspace"),
    community: field("community"),
    campaign: field("campaign"),
    invite: field("invite"),
    identity: field("identity"),
    order: null,
    bearer: null,
    lists: field("lists"),
    quotas: field("quotas"),
  })} FROM json_each(${slot("people")}) who ORDER BY who.key`,
]);

type StoredOrder = [
  id: number,
  source: string,
  reference: string,
  campaignId: number | null,
  amount: number,
  refunded: number,
  currency: string,
  items: OrderItem[],
  paidAt: number,
];

type Stored = Omit<StoredFacts, "orders" | "offeredOrder" | "lists" | "contact"> & {
  orders: StoredOrder[];
  offered: [StoredOrder, free: number, mine: number | null] | null;
  reviews: ReviewFact[];
  contact: { verifiedAt: number | null; expiresAt: number; attemptsLeft: number } | null;
  lists: number[];
};

const orderOf = ([id, source, reference, campaignId, ...rest]: StoredOrder): OrderFact => {
  const [amount, refunded, currency, items, paidAt] = rest;
  const campaign = campaignId === null ? null : formatId("campaign", campaignId);
  return {
    id: formatId("order", id),
    source,
    reference,
    campaignId: campaign,
    amount,
    refunded,
    currency,
    items,
    paidAt,
  };
};

/** The statements of one read; the last one's rows are for `readFacts`. A code makes it a write. */
export function selectFacts(ask: FactsAsk): { mode: "read" | "write"; statements: Statement[] } {
  const bound: Bound = {
    ...ask,
    bearer: ask.bearer ?? null,
    lists: JSON.stringify(ask.lists.map((id) => parseId("list", id))),
    quotas: JSON.stringify(ask.quotas.map(({ key, period }) => [key, period])),
  };
  if (ask.codeHash === null) return { mode: "read", statements: facts(bound) };
  return { mode: "write", statements: [...attemptCode(bound), ...facts(bound)] };
}

/** Where no code was sent, one that comes is as good as one that expired: nobody learns the difference. */
function contactOf(stored: Stored["contact"], came: boolean): ContactFact | null {
  if (stored === null && !came) return null;
  const contact = stored ?? { verifiedAt: null, expiresAt: 0, attemptsLeft: 0 };
  return { ...contact, wrong: came && contact.verifiedAt === null };
}

/** What one row of facts says. */
function readRow(text: string, order: string | null, codeHash: string | null): StoredFacts {
  const { orders, offered, lists, contact, ...found } = JSON.parse(text) as Stored;
  const offer = offered && { ...orderOf(offered[0]), mine: offered[1] === 1 ? null : offered[2] === 1 };
  return {
    ...NO_STORED_FACTS,
    ...found,
    orders: orders.map(orderOf),
    offeredOrder: order === null ? null : { found: offer },
    lists: lists.map((id) => formatId("list", id)),
    contact: contactOf(contact, codeHash !== null),
  };
}

/** What `selectFacts` found. */
export function readFacts(results: readonly Rows[], ask: Pick<FactsAsk, "order" | "codeHash">): StoredFacts {
  const [[text]] = (results.at(-1) ?? []) as [[string]];
  return readRow(text, ask.order, ask.codeHash);
}

/** The same for several people, in one round trip. None of them brings a contact code. */
export async function readManyFacts(db: Db, asks: readonly FactsAsk[]): Promise<StoredFacts[]> {
  if (asks.length === 0) return [];
  const results = await db.run(
    "read",
    asks.flatMap((ask) => selectFacts({ ...ask, codeHash: null }).statements),
  );
  return asks.map((ask, i) => readFacts([results[i] ?? []], { ...ask, codeHash: null }));
}

/** Everything in the database that a gate may look at for one person. One round trip. */
export async function findFacts(db: Db, ask: FactsAsk): Promise<StoredFacts> {
  const { mode, statements } = selectFacts(ask);
  return readFacts(await db.run(mode, statements), ask);
}

/** The same for many people of any campaigns, who offer neither a code nor an order. One round trip. */
export async function findFactsOfMany(
  db: Db,
  people: readonly Omit<FactsAsk, "codeHash" | "order" | "now">[],
): Promise<StoredFacts[]> {
  const asked = people.map((ask) => ({
    workspace: parseId("workspace", ask.workspaceId),
    community: parseId("community", ask.communityId),
    campaign: parseId("campaign", ask.campaignId),
    invite: parseId("invite", ask.inviteId),
    identity: ask.identityHash,
    lists: ask.lists.map((id) => parseId("list", id)),
    quotas: ask.quotas.map(({ key, period }) => [key, period]),
  }));
  const [rows = []] = await db.run("read", factsOfMany({ people: JSON.stringify(asked) }));
  return rows.map(([text]) => readRow(text as string, null, null));
}
