import { type SQL, sql } from "drizzle-orm";
import type { Id } from "../../domain/id.ts";
import { type Verdict, VERDICTS } from "../../domain/standing.ts";
import { type Db, freshId } from "../db.ts";
import { outbox } from "../schema/outbox.ts";
import { outOfChecks, toBeChecked } from "../checks/arm.ts";
import { giveSeatBack, type Seating, takeSeat } from "../seats.ts";
import type { Tenant } from "../tenant.ts";
import { type Deed, keepEntry, notBefore, ownParticipant } from "./terms.ts";

const STANDING_KINDS = Object.values(VERDICTS).map(({ kind }) => kind);

/** Participant `which` stands where the verdict starts from. */
const mayJudge = (verdict: Verdict, which: SQL): SQL =>
  sql`${which} AND coalesce(p.standing, 'good') IN (SELECT value FROM json_each(${JSON.stringify(VERDICTS[verdict].from)}))`;

/** The entry of a verdict, and the standing that follows. Both do nothing where it changes nothing. */
export const keepVerdict = (db: Db, verdict: Verdict, which: SQL, deed: Deed) => {
  const { kind, to } = VERDICTS[verdict];
  return [
    keepEntry(db, kind, mayJudge(verdict, which), deed, { at: notBefore(STANDING_KINDS, deed.at) }),
    db.q.run(sql`UPDATE participants AS p SET standing = ${to === "good" ? null : to}
      WHERE changes() = 1 AND ${which}`),
  ] as const;
};

/** Takes a referral back: whom the person brought and their seat stay. One batch. */
export async function voidReferral(db: Db, tenant: Tenant, id: Id, deed: Deed): Promise<void> {
  await db.write(keepVerdict(db, "void", ownParticipant(tenant, id), deed));
}

/** Removes a person from the campaign: their seat is free again. One batch. */
export async function remove(db: Db, tenant: Tenant, id: Id, deed: Deed, eventId: number): Promise<void> {
  const which = ownParticipant(tenant, id);
  await db.write([
    ...keepVerdict(db, "remove", which, deed),
    // The row that was just changed is the only one of which there is something to tell.
    db.q.run(sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT ${freshId(outbox, eventId)}, p.workspace_id, p.campaign_id, 'participant.removed', p.id, '{}',
        'participant.removed:' || (SELECT max(l.id) FROM ledger l WHERE l.participant_id = p.id), ${deed.at}
      FROM participants p WHERE changes() = 1 AND ${which} ON CONFLICT (campaign_id, key) DO NOTHING`),
    ...giveSeatBack(db, which),
    outOfChecks(db, which),
  ]);
}

/** Takes a verdict back; with `seating`, a person without a seat gets one where that is possible. One batch. */
export async function restore(
  db: Db,
  tenant: Tenant,
  id: Id,
  deed: Deed,
  seating: Seating | null,
  eventId: number,
): Promise<void> {
  const which = ownParticipant(tenant, id);
  await db.write([
    ...keepVerdict(db, "restore", which, deed),
    ...(seating === null ? [] : takeSeat(db, which, seating, eventId)),
    toBeChecked(db, which, deed.at),
  ]);
}

/** Takes a person off all boards, or lets them stand on them again. Credits stay as they are. One batch. */
export async function disqualify(db: Db, tenant: Tenant, id: Id, deed: Deed, off: boolean): Promise<void> {
  const which = ownParticipant(tenant, id);
  const at = notBefore(["disqualified", "reinstated"], deed.at);
  const stands = sql`p.disqualified_at IS ${off ? sql`NULL` : sql`NOT NULL`}`;
  const last = sql`(SELECT max(l.at) FROM ledger l WHERE l.participant_id = p.id AND l.kind = 'disqualified')`;
  await db.write([
    keepEntry(db, off ? "disqualified" : "reinstated", sql`${which} AND ${stands}`, deed, { at }),
    db.q.run(sql`UPDATE participants AS p SET disqualified_at = ${off ? last : sql`NULL`}
      WHERE changes() = 1 AND ${which}`),
  ]);
}
