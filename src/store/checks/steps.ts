import { type SQL, sql } from "drizzle-orm";
import type { AuditKind } from "../../domain/audit.ts";
import type { CheckStep, UnmetLeaf } from "../../domain/elimination.ts";
import type { EventKind } from "../../domain/event.ts";
import { parseId } from "../../domain/id.ts";
import { type Db, freshId } from "../db.ts";
import { audit } from "../schema/audit.ts";
import { ledger } from "../schema/ledger.ts";
import { outbox } from "../schema/outbox.ts";
import { giveSeatBack, type Seating, takeSeat } from "../seats.ts";
import { keepVerdict } from "../standing/verdicts.ts";
import type { Due } from "./due.ts";

/** A step that was decided for somebody, and what the world is told of it. */
export type Decided = {
  due: Due;
  step: CheckStep;
  /** What they do not pass; null: nobody was judged, and what was known stays. */
  leaves: readonly UnmetLeaf[] | null;
  /** The codes of those leaves, or an operator's words. */
  cause: string | null;
  /** What the audit trail and the outbox say beside that. */
  data: Record<string, string | number | null>;
};

/** Who does it, when, and a candidate for the ids of new rows. */
export type Doing = { actor: string; at: number; id: number };

/** What each deed is called in the outbox; removals are told where they are done. */
const EVENTS: Partial<Record<NonNullable<CheckStep["deed"]>, EventKind>> = {
  warned: "participant.warned",
  due: "participant.removal_due",
  passed: "participant.cleared",
  exempted: "participant.cleared",
  restored: "participant.restored",
};

const auditKind = (deed: NonNullable<CheckStep["deed"]>): AuditKind => `check.${deed}`;

/** One decided step as the statements below read it from a JSON list. */
const entryOf = ({ due, step, leaves, cause, data }: Decided) => ({
  id: parseId("participant", due.participantId),
  was: {
    state: due.state,
    dueAt: due.dueAt,
    since: due.since,
    graceUntil: due.graceUntil,
    exemptUntil: due.exemptUntil,
  },
  to: step,
  leaves,
  kind: step.deed && auditKind(step.deed),
  // Who was spared without having been warned is told nothing.
  event:
    step.deed === "exempted" && due.state === "passing" ? null : step.deed && (EVENTS[step.deed] ?? null),
  cause,
  data,
});

const at = (path: string): SQL => sql.raw(`(j.value->>'$.${path}')`);

/** Check `k` is the one of entry `j`, and still as it was read. */
const asRead = sql`k.participant_id = ${at("id")} AND k.state = ${at("was.state")} AND k.due_at IS ${at("was.dueAt")}
  AND k.since IS ${at("was.since")} AND k.grace_until IS ${at("was.graceUntil")}
  AND k.exempt_until IS ${at("was.exemptUntil")}`;

/**
 * The statements that keep steps of checks which are as they were read: every one repeats that, and the checks
 * themselves change last.
 * @param done what else must hold of check `k`
 */
function keepSteps(db: Db, decided: readonly Decided[], { actor, at: now, id }: Doing, done = sql`true`) {
  const list = JSON.stringify(decided.map(entryOf));
  const entries = sql`json_each(${list}) j CROSS JOIN checks k ON ${asRead} AND ${done}`;
  return [
    db.q.run(sql`INSERT INTO audit (id, workspace_id, campaign_id, kind, subject, actor, reason, data, at)
      SELECT f.id + j.key, k.workspace_id, k.campaign_id, ${at("kind")}, k.participant_id, ${actor}, ${at("cause")},
        j.value->'$.data', ${now}
      FROM (SELECT ${freshId(audit, id)} AS id) f CROSS JOIN ${entries} WHERE ${at("kind")} IS NOT NULL`),
    db.q.run(sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT f.id + j.key, k.workspace_id, k.campaign_id, ${at("event")}, k.participant_id, j.value->'$.data',
        ${at("event")} || ':' || (f.id + j.key), ${now}
      FROM (SELECT ${freshId(outbox, id)} AS id) f CROSS JOIN ${entries} WHERE ${at("event")} IS NOT NULL`),
    // A warning changes no credit: it stands in the ledger so that what follows can be read there.
    db.q
      .run(sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id, group_id, invite_id,
        gate_version, rule_version, actor, cause, key, at)
      SELECT f.id + j.key, p.workspace_id, p.campaign_id, 'warned', p.id, p.inviter_id, p.group_id, p.invited_via,
        p.gate_version, c.rule_version, ${actor}, ${at("cause")}, CAST(f.id + j.key AS TEXT), ${now}
      FROM (SELECT ${freshId(ledger, id)} AS id) f CROSS JOIN ${entries} JOIN participants p ON p.id = k.participant_id
        JOIN campaigns c ON c.id = p.campaign_id WHERE ${at("to.deed")} = 'warned'`),
    db.q
      .run(sql`UPDATE checks AS k SET state = ${at("to.state")}, due_at = ${at("to.dueAt")}, since = ${at("to.since")},
        grace_until = ${at("to.graceUntil")}, checked_at = ${now},
        leaves = CASE j.value->'$.leaves' WHEN 'null' THEN k.leaves WHEN '[]' THEN NULL ELSE j.value->'$.leaves' END
      FROM json_each(${list}) j WHERE ${asRead} AND ${done}`),
  ] as const;
}

/** Keeps steps that move nobody out or in. One batch; whatever changed since it was read is left alone. */
export async function takeSteps(db: Db, decided: readonly Decided[], doing: Doing): Promise<void> {
  await db.write(keepSteps(db, decided, doing));
}

/** The person of a decided step, while their check is as it was read. */
function whoIs(decided: Decided): SQL {
  const list = JSON.stringify([entryOf(decided)]);
  return sql`p.id = ${parseId("participant", decided.due.participantId)}
    AND EXISTS (SELECT 1 FROM json_each(${list}) j CROSS JOIN checks k ON ${asRead})`;
}

/** What makes the verdict's entry in the ledger this very one. */
const eventOf = ({ id }: Doing): string => `recheck:${id}`;
const isKept = (decided: Decided, doing: Doing, kind: string): SQL =>
  sql`EXISTS (SELECT 1 FROM ledger l WHERE l.participant_id = ${parseId("participant", decided.due.participantId)}
    AND l.kind = ${kind} AND l.key = ${`event:${eventOf(doing)}`})`;

/** Takes somebody out by the rules of the re-check. One batch; nothing where anything changed since it was read. */
export async function takeOut(
  db: Db,
  decided: Decided,
  verdict: "remove" | "release",
  doing: Doing,
): Promise<void> {
  const { actor, at: now, id } = doing;
  const which = whoIs(decided);
  const deed = { actor, cause: decided.cause, entryId: id, at: now, eventId: eventOf(doing) };
  const done = isKept(decided, doing, verdict === "remove" ? "removed" : "released");
  await db.write([
    ...keepVerdict(db, verdict, which, deed),
    db.q.run(sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT ${freshId(outbox, id)}, p.workspace_id, p.campaign_id, 'participant.removed', p.id,
        ${JSON.stringify(decided.data)}, 'participant.removed:' || (SELECT max(l.id) FROM ledger l WHERE l.participant_id = p.id), ${now}
      FROM participants p WHERE ${which} AND ${done} ON CONFLICT (campaign_id, key) DO NOTHING`),
    ...giveSeatBack(db, sql`${which} AND ${done}`),
    ...keepSteps(db, [decided], doing, done),
  ]);
}

/**
 * Lets somebody in again whom a re-check took out: seated where a group is open and nobody waits; a referral that
 * had been voided before is so again. One batch; nothing where anything changed since it was read.
 */
export async function letBack(db: Db, decided: Decided, seating: Seating, doing: Doing): Promise<void> {
  const { actor, at: now, id } = doing;
  const which = whoIs(decided);
  const deed = { actor, cause: decided.cause, entryId: id, at: now, eventId: eventOf(doing) };
  const done = isKept(decided, doing, "restored");
  await db.write([
    ...keepVerdict(db, "restore", which, deed),
    ...(decided.due.wasVoided ? keepVerdict(db, "void", sql`${which} AND ${done}`, deed) : []),
    ...takeSeat(db, sql`${which} AND ${done}`, seating, id),
    ...keepSteps(db, [decided], doing, done),
  ]);
}
