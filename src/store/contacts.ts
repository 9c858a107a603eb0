import { sql } from "drizzle-orm";
import { MAX_SENDS, RESEND_MS, SENDS_MS } from "../domain/contact.ts";
import { type Id, idCandidate } from "../domain/id.ts";
import { type Db, freshId } from "./db.ts";
import { prepared } from "./prepared.ts";
import { campaigns } from "./schema/campaigns.ts";
import { contacts } from "./schema/gate.ts";
import { workspaces } from "./schema/tenancy.ts";

/** A code on its way to somebody. */
export type NewCode = {
  id: number;
  workspaceId: Id;
  campaignId: Id;
  identityHash: string;
  codeHash: string;
  now: number;
  expiresAt: number;
};

/** Limits hold for an identity in all of the workspace's campaigns: its owner is one person with one inbox. */
const newCode = prepared<NewCode>((slot) => {
  const mine = sql`k.workspace_id = ${slot("workspaceId", workspaces.id)} AND k.identity_hash = ${slot("identityHash")}`;
  const now = slot("now");
  const hour = sql`${now} - ${sql.raw(String(SENDS_MS))}`;
  return [
    sql`INSERT INTO contacts (id, workspace_id, campaign_id, identity_hash, code_hash, attempts, sent_at, expires_at)
      SELECT ${freshId(contacts, slot("id"))}, ${slot("workspaceId", workspaces.id)}, ${slot("campaignId", campaigns.id)},
        ${slot("identityHash")}, ${slot("codeHash")}, 0, ${now}, ${slot("expiresAt")}
      WHERE NOT EXISTS (SELECT 1 FROM contacts k WHERE ${mine} AND k.sent_at > ${now} - ${sql.raw(String(RESEND_MS))})
        AND (SELECT coalesce(sum((k.sent_at > ${hour}) + (coalesce(k.sent_before, 0) > ${hour})
          + (coalesce(k.sent_first, 0) > ${hour})), 0) FROM contacts k WHERE ${mine}) < ${sql.raw(String(MAX_SENDS))}
      ON CONFLICT (campaign_id, identity_hash) DO UPDATE SET code_hash = excluded.code_hash, attempts = 0,
        sent_first = sent_before, sent_before = sent_at, sent_at = excluded.sent_at, expires_at = excluded.expires_at
      RETURNING id`,
  ];
});

const forget = prepared<{ before: number; below: number; limit: number }>((slot) => [
  // Ids grow with time: whatever is old stands at the table's beginning.
  sql`DELETE FROM contacts WHERE id IN (SELECT k.id FROM contacts k
    WHERE k.id < ${slot("below")} AND k.sent_at < ${slot("before")} ORDER BY k.id LIMIT ${slot("limit")}) RETURNING id`,
]);

/**
 * Forgets to whom codes were sent, where the last one was sent before `before`: neither a limit nor a decision
 * looks at that any more. @returns how many: at most `limit`
 */
export async function forgetContacts(db: Db, before: number, limit: number): Promise<number> {
  const [rows = []] = await db.run("write", forget({ before, below: idCandidate(before, 0), limit }));
  return rows.length;
}

/** Keeps a code in place of the one before, unless too many were sent: then false. One batch. */
export async function keepCode(db: Db, code: NewCode): Promise<boolean> {
  const [rows = []] = await db.run("write", newCode(code));
  return rows.length > 0;
}
