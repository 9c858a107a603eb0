import { type SQL, sql } from "drizzle-orm";

/**
 * Under what a prospect's evaluations are kept: their hash, or `~` and the participant's id of somebody who came
 * in the first time that they stood at the gate. Ids grow, hashes lie anywhere: most rows go beside the last one.
 */
export const keptUnder = (campaign: SQL, identityHash: SQL, participant: SQL): SQL =>
  sql`coalesce((SELECT o.identity_hash FROM evaluations o WHERE o.campaign_id = ${campaign}
    AND o.identity_hash = ${identityHash} LIMIT 1), '~' || ${participant}, ${identityHash})`;

/** Evaluation `e` is kept under a participant. */
export const IS_OF_PARTICIPANT = sql`e.identity_hash > '~'`;

/** The id of the participant `e` is kept under. */
export const PARTICIPANT_OF = sql`CAST(substr(e.identity_hash, 2) AS INTEGER)`;

/** Evaluation `e` is one of participant `p`, member `m`. */
export const IS_THEIRS = sql`e.campaign_id = p.campaign_id AND e.identity_hash IN (m.identity_hash, '~' || p.id)`;
