import { type SQL, sql } from "drizzle-orm";
import { type Id, parseId } from "../../domain/id.ts";
import type { EntryKind } from "../../domain/ledger.ts";
import { type Db, freshId } from "../db.ts";
import { ledger } from "../schema/ledger.ts";
import type { Tenant } from "../tenant.ts";

/** Participant `p` with this id, if it is the tenant's. */
export const ownParticipant = (tenant: Tenant, id: Id): SQL =>
  sql`p.id = ${parseId("participant", id)} AND p.workspace_id = ${parseId("workspace", tenant.workspaceId)}
    ${tenant.campaignId === null ? sql`` : sql`AND p.campaign_id = ${parseId("campaign", tenant.campaignId)}`}`;

/** Whether a standing, as an SQL expression, is one of somebody who was taken out of the campaign. */
export const isOut = (standing: string): SQL => sql.raw(isOutText(standing));
export const isOutText = (standing: string): string =>
  `(coalesce(${standing}, '') IN ('removed', 'released'))`;

/** Participant `p` is in the campaign: they did not leave, and were not removed. */
export const IS_IN = sql`(p.left_at IS NULL AND NOT ${isOut("p.standing")})`;

/** Who did something to a participant, when, and by which event, told once; why, where an operator did it. */
export type Deed = {
  actor: string;
  cause: string | null;
  entryId: number;
  at: number;
  eventId: string | null;
};

/** What this deed's event is called in the ledger. */
const keyOf = (eventId: string): string => `event:${eventId}`;

/** The event was told before, of participant `p`. */
export const isKnown = (kind: EntryKind, { eventId }: Deed): SQL =>
  eventId === null
    ? sql`false`
    : sql`EXISTS (SELECT 1 FROM ledger k WHERE k.participant_id = p.id AND k.kind = ${kind} AND k.key = ${keyOf(eventId)})`;

/**
 * An instant, but not before what `kinds` of entries say of participant `p`: clocks may go back.
 * @param gap how long after those it is at the least, in milliseconds
 */
export const notBefore = (kinds: readonly EntryKind[], at: number, gap = 0): SQL =>
  sql`max(${at}, coalesce((SELECT max(l.at) + ${gap} FROM ledger l WHERE l.participant_id = p.id
    AND l.kind IN (SELECT value FROM json_each(${JSON.stringify(kinds)}))), 0))`;

/** What an entry says beside the deed; SQL over participant `p` of campaign `c`. */
type Said = { at: SQL; parent?: SQL; from?: SQL; qualifiesAt?: SQL };

/** Writes the ledger's entry of a deed for participants `who`, unless its event is known. */
export const keepEntry = (db: Db, kind: EntryKind, who: SQL, deed: Deed, said: Said) => {
  const { actor, cause, entryId, eventId } = deed;
  const id = freshId(ledger, entryId);
  const key = eventId === null ? sql`CAST(${id} AS TEXT)` : sql`${keyOf(eventId)}`;
  const nothing = sql`NULL`;
  return db.q.run(sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id,
      from_parent_id, group_id, invite_id, gate_version, rule_version, qualifies_at, actor, cause, key, at)
    SELECT ${id}, p.workspace_id, p.campaign_id, ${kind}, p.id, ${said.parent ?? sql`p.inviter_id`},
      ${said.from ?? nothing}, p.group_id, p.invited_via, p.gate_version, c.rule_version, ${said.qualifiesAt ?? nothing},
      ${actor}, ${cause}, ${key}, ${said.at}
    FROM participants p JOIN campaigns c ON c.id = p.campaign_id WHERE ${who} AND NOT ${isKnown(kind, deed)}`);
};
