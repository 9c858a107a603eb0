import { type SQL, sql } from "drizzle-orm";
import type { Strategy } from "../../domain/allocation.ts";
import type { Id } from "../../domain/id.ts";
import { freshId, type Mergeable, type Merged, type Rows, type Statement } from "../db.ts";
import { perShape, prepared } from "../prepared.ts";
import { campaigns, invites } from "../schema/campaigns.ts";
import { communities } from "../schema/communities.ts";
import { evaluations, members, participants } from "../schema/people.ts";
import { workspaces } from "../schema/tenancy.ts";
import { lapsing } from "../seats.ts";
import { nextSeats, NOBODY_WAITS, SEAT_COLUMNS } from "../seating.ts";
import { type Admission, admits, type Bound } from "./admission.ts";
import { plainAdmission } from "./coming-in.ts";
import { crediting, QUALIFYING } from "./credit.ts";
import { joinEffects } from "./effects.ts";
import { keptUnder } from "../evaluation-key.ts";
import { EVALUATION_COLUMNS, ON_SECOND_TRY } from "./kept.ts";
import { freshStandings } from "./standing.ts";
import { termsOf } from "./terms.ts";

/** What those who come together have in common, and lists as JSON of what they have not. */
type Together = Pick<Bound, "workspaceId" | "campaignId" | "communityId" | "gateVersion" | "id" | "now"> &
  Pick<Bound, "seatState" | "seatUntil" | "seatConfirmedAt" | "seatSource" | "allowKnown"> &
  Pick<Bound, "actor" | "identityType" | "result"> & {
    people: string;
    places: string;
    kept: string;
    attempts: string;
    codes: string;
    count: number;
  };

/** How much earlier somebody may have come who is let in at the time of the last one, in milliseconds. */
const SAME_TIME_MS = 1_000;

type Columns = Record<string, (bound: Bound) => unknown>;

const inviteId = (id: Id | null) => (id === null ? null : invites.id.mapToDriverValue(id));
const textOf = (value: object | null) => (value === null ? null : JSON.stringify(value));

/** Who comes, and by what. */
const PEOPLE = {
  invite: (b) => inviteId(b.inviteId),
  hash: (b) => b.identityHash,
  ticket: (b) => b.ticket,
} satisfies Columns;

/** What their rows get. */
const PLACES = {
  ...PEOPLE,
  attempt: (b) => b.attempt,
  name: (b) => b.displayName,
  attributes: (b) => textOf(b.attributes),
  credited: (b) => inviteId(b.creditedInvite),
  holder: (b) => (b.holder === null ? null : participants.id.mapToDriverValue(b.holder)),
  touches: (b) => textOf(b.touches),
} satisfies Columns;

/** What the gate said. */
const KEPT = {
  hash: (b) => b.identityHash,
  attempt: (b) => b.attempt,
  leaves: (b) => b.leaves,
  digest: (b) => b.factsDigest,
  facts: (b) => b.facts,
} satisfies Columns;

/** The rows of a list, whose place is the order in which they came. */
const listOf = (columns: Columns, all: readonly Bound[]): string => {
  const values = Object.values(columns);
  return JSON.stringify(all.map((bound) => values.map((of) => of(bound))));
};

/** `WITH n(place, …)`: a list as a table. Each statement has a list of its own: reading it is felt. */
function rowsOf(columns: Columns, list: SQL): SQL {
  const names = Object.keys(columns);
  const values = names.map((_, at) => `value ->> ${at}`);
  return sql`WITH n(place, ${sql.raw(names.join(", "))}) AS MATERIALIZED
    (SELECT key, ${sql.raw(values.join(", "))} FROM json_each(${list}))`;
}

/** The batch of several admissions, built once for each shape that it can have. */
const together = perShape((strategy: Strategy, reserves: boolean, rechecks: boolean) =>
  prepared<Together>((slot) => {
    const [id, count, now] = [slot("id"), slot("count"), slot("now")];
    const gateVersion = slot("gateVersion");
    const t = termsOf({
      workspace: slot("workspaceId", workspaces.id),
      campaign: slot("campaignId", campaigns.id),
      community: slot("communityId", communities.id),
      invite: sql`n.invite`,
      identityHash: sql`n.hash`,
      identityType: slot("identityType"),
      attempt: sql`n.attempt`,
      ticket: sql`n.ticket`,
      now,
    });
    const allowKnown = slot("allowKnown");
    const credit = crediting({ invite: sql`n.credited`, holder: sql`n.holder`, allowKnown, now });
    const who = sql`n CROSS JOIN campaigns c CROSS JOIN invites i ON i.id = n.invite AND i.campaign_id = c.id`;
    // The last uses of an invite are given one by one, and so are seats while somebody waits.
    const may = sql`${admits(t, gateVersion)} AND i.max_uses IS NULL AND ${NOBODY_WAITS}`;
    // Nobody else writes meanwhile: whoever this batch let in is among the last so many.
    const last = sql`SELECT z.id, z.attempt FROM (SELECT y.id, y.attempt, y.campaign_id FROM participants y
      ORDER BY y.id DESC LIMIT ${count}) z WHERE z.campaign_id = ${t.campaign}`;
    const fresh = sql`p.id IN (SELECT f.id FROM (${last}) f
      WHERE f.attempt IN (SELECT value FROM json_each(${slot("attempts")})))`;
    return [
      sql`${rowsOf(PEOPLE, slot("people"))}
        INSERT INTO members (id, workspace_id, community_id, identity_hash, identity_type, created_at)
        SELECT ${freshId(members, id)} + n.place, c.workspace_id, c.community_id, n.hash, ${t.identityType}, ${now}
        FROM ${who} WHERE ${may} ON CONFLICT (community_id, identity_hash) DO NOTHING`,
      ...(reserves ? lapsing(t.community, now, id) : []),
      sql`${rowsOf(PLACES, slot("places"))}
        INSERT INTO participants (id, workspace_id, campaign_id, member_id, ${credit.columns}, touches,
          ${SEAT_COLUMNS}, gate_version, display_name, attributes, attempt, ticket, ${QUALIFYING.columns})
        SELECT ${freshId(participants, id)} + n.place, c.workspace_id, c.id, m.id, ${credit.values}, n.touches,
          s.group_id, ${slot("seatState")}, ${slot("seatUntil")}, ${slot("seatConfirmedAt")}, ${slot("seatSource")},
          c.gate_version, n.name, n.attributes, n.attempt, n.ticket, ${QUALIFYING.values(now)}
        FROM ${who} CROSS JOIN (${nextSeats(strategy, t.campaign, count, now)}) s ON s.n = n.place + 1
          JOIN members m ON m.community_id = c.community_id AND m.identity_hash = n.hash ${credit.from}
        WHERE ${may} ON CONFLICT (campaign_id, member_id) DO NOTHING`,
      ...joinEffects({ fresh, code: { byAttempt: slot("codes") }, actor: slot("actor"), id, rechecks }),
      sql`${rowsOf(KEPT, slot("kept"))} INSERT INTO evaluations (${EVALUATION_COLUMNS})
        SELECT ${freshId(evaluations, id)} + n.place, ${t.workspace}, ${t.campaign},
          ${keptUnder(t.campaign, sql`n.hash`, sql`f.id`)}, ${gateVersion}, ${slot("result")}, n.leaves, n.digest,
          n.facts, ${now}, ${now}
        FROM n JOIN (${last}) f ON f.attempt = n.attempt WHERE true ${ON_SECOND_TRY}`,
      freshStandings(fresh, now),
    ];
  }),
);

/**
 * How an admission goes together with others that came at the same time: as one batch, whose statements
 * each write all of them. It lets in whom their own batch would have let in, in the order in which they
 * came, and passes over who is no plain case: the last uses of an invite, a full house, a second try.
 * Null for an admission that uses something up, or ends an application: those are written alone.
 */
export function togetherWith(a: Admission, bound: Bound): Omit<Mergeable, "alone"> | null {
  if (a.spends.length > 0 || a.applies) return null;
  const { strategy, seat, rechecks } = a;
  const shape = [strategy, seat.until !== null, rechecks] as const;
  const place = [a.workspaceId, a.campaignId, bound.gateVersion, a.identityType, a.actor, bound.allowKnown];
  const kind = [...place, ...shape, seat.state, seat.source].join();
  return { kind, values: bound, merge: (all) => merged(shape, all as readonly Bound[]) };
}

/** Those who go together: the first of each person and ticket, of nearly the same time. */
function plainOnes(all: readonly Bound[], latest: number): Bound[] {
  const seen = new Set<string>();
  return all.filter(({ identityHash, ticket, now }) => {
    const marks = ticket === null ? [identityHash] : [identityHash, `ticket ${ticket}`];
    const isPlain = latest - now <= SAME_TIME_MS && !marks.some((mark) => seen.has(mark));
    // Also of those who are passed over: nobody like them may come before them.
    for (const mark of marks) seen.add(mark);
    return isPlain;
  });
}

function merged(shape: Readonly<Parameters<typeof together>>, all: readonly Bound[]): Merged {
  const [only, ...others] = all;
  const statements =
    only !== undefined && others.length === 0 ? plainAdmission(...shape)(only) : batchOf(shape, all);
  const split = (results: Rows[]): (Rows[] | null)[] => {
    const standings = new Map(results.at(-1)?.map(([attempt, text]) => [Number(attempt), text]));
    return all.map(({ attempt }) => {
      const text = standings.get(attempt);
      return text === undefined ? null : [[[text]]];
    });
  };
  return { statements, split };
}

/** The statements that write all of those who go together. */
function batchOf(shape: Readonly<Parameters<typeof together>>, all: readonly Bound[]): Statement[] {
  const latest = all.reduce((last, one) => (one.now > last.now ? one : last));
  const plain = plainOnes(all, latest.now);
  return together(...shape)({
    ...latest,
    people: listOf(PEOPLE, plain),
    places: listOf(PLACES, plain),
    kept: listOf(KEPT, plain),
    attempts: JSON.stringify(plain.map(({ attempt }) => attempt)),
    // A code is letters and digits. An object of so many keys would cost more than its text.
    codes: `{${plain.map(({ attempt, code }) => `"${attempt}":"${code}"`).join()}}`,
    count: plain.length,
  });
}
