import { type SQL, sql } from "drizzle-orm";
import type { StoredTouch } from "../../domain/attribution.ts";
import type { Id } from "../../domain/id.ts";
import { isOut } from "../standing/terms.ts";

/** What decides who is credited with a join. */
export type JoinCredit = {
  /** The invite that the join is credited to; null: the one that they came by. */
  inviteId: Id | null;
  /** The participant whose pass for this campaign the same browser holds. */
  holderId: Id | null;
  /** Whether somebody who was in the community before the campaign began can be referred too. */
  allowKnown: boolean;
  /** All arrivals, oldest first, kept with the participant; null: only the one by which they join. */
  touches: StoredTouch[] | null;
};

/** The same as SQL, over campaign `c`. */
type Terms = { invite: SQL; holder: SQL; allowKnown: SQL; now: SQL };

/** `holder` stands above the inviter `u`. Walks up no further than to the holder's level. */
const isAbove = (holder: SQL): SQL =>
  sql`EXISTS (WITH RECURSIVE up(id, level) AS (SELECT u.inviter_id, u.depth + u.level_shift - 1
      UNION ALL SELECT q.inviter_id, up.level - 1 FROM up JOIN participants q ON q.id = up.id
        WHERE up.level > (SELECT h.depth + h.level_shift FROM participants h WHERE h.id = ${holder}))
    SELECT 1 FROM up WHERE up.id = ${holder})`;

/**
 * Who brought member `m` of campaign `c`, who came by invite `i`: decided where the row is made, so
 * that nothing can change in between. `from` joins `k`, the invite that is credited, and the `parent`;
 * an invite of another campaign counts for nothing. `refusal` says why nobody is credited.
 */
export function crediting({ invite, holder, allowKnown, now }: Terms) {
  // Whoever is new gets their row at `now`, whatever another server's clock said of the beginning.
  const wasThere = sql`m.created_at < min(coalesce(c.starts_at, c.published_at, c.created_at), ${now})`;
  const refusal = sql`CASE WHEN u.id IS NULL THEN NULL
    WHEN u.id = ${holder} THEN 'self_referral'
    WHEN ${holder} IS NOT NULL AND ${isAbove(holder)} THEN 'own_descendant'
    WHEN ${isOut("u.standing")} THEN 'inviter_removed'
    WHEN NOT ${allowKnown} AND ${wasThere} THEN 'not_newcomer' END`;
  return {
    from: sql`JOIN invites k ON k.id = coalesce(
        (SELECT x.id FROM invites x WHERE x.id = ${invite} AND x.campaign_id = c.id), i.id)
      LEFT JOIN participants u ON u.id = k.participant_id
      LEFT JOIN participants parent ON parent.id = u.id AND ${refusal} IS NULL`,
    columns: sql`parent_id, depth, level_shift, invited_via, credited_via, refusal`,
    values: sql`parent.id, coalesce(parent.depth + 1, 0), coalesce(parent.level_shift, 0), i.id, nullif(k.id, i.id),
      CASE WHEN u.id IS NOT NULL AND parent.id IS NULL THEN ${refusal} END`,
  };
}

const STAY = sql`json_extract(c.settings, '$.referral.qualifyAfterMinutes') * 60000`;

/** When a join at `now` qualifies by the rules of campaign `c`: at once, or foreseen. */
export const QUALIFYING = {
  columns: sql`joined_at, qualified_at, qualifies_at`,
  values: (now: SQL): SQL => sql`${now}, iif(${STAY}, NULL, ${now}), ${now} + nullif(${STAY}, 0)`,
};
