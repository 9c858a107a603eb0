import { sql } from "drizzle-orm";
import { type Allocation, hasWaitlist, newSeat } from "../../src/domain/allocation.ts";
import type { Id } from "../../src/domain/id.ts";
import { patchCampaign } from "../../src/services/campaigns.ts";
import { createInvite, revokeInvite } from "../../src/services/invites.ts";
import type { Db } from "../../src/store/db.ts";
import { admit } from "../../src/store/join/admit.ts";
import type { Standing } from "../../src/store/join/standing.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

/** Somebody who comes, as drawn. `by`: whose invite, or one of the doors; `holder`: whose pass they hold. */
export type Comer = {
  person: number;
  by: { door: "poster" | "limited" | "revoked" } | { of: number };
  holder: number | null;
  ticket: string | null;
  stale: boolean;
  lateMs: number;
};

export const LIMIT = 3;

/**
 * A campaign on a file of its own; `merging`: what comes at once may be written as one batch; `rechecks`: whether a
 * batch looks if its gate has leaves that are judged again (it has none).
 */
export async function openDoor(
  clock: Clock,
  capacities: number[],
  rules: Allocation,
  { merging, rechecks }: { merging: boolean; rechecks: boolean },
) {
  const { ports, call, close } = await openPorts(clock);
  const { community, campaign, invite, groups } = await openCampaign(call, capacities);
  await patchCampaign(call, campaign.id, { allocation: rules });
  const limited = await createInvite(call, campaign.id, { channel: "limited", maxUses: LIMIT });
  const revoked = await createInvite(call, campaign.id, { channel: "revoked" });
  await revokeInvite(call, revoked.id);
  const doors = { poster: invite.id, limited: limited.id, revoked: revoked.id };
  const counts = { merged: 0, passedOver: 0 };
  const db: Db = merging ? watched(ports.db, counts) : alone(ports.db);
  const seen = new Map<number, { id: Id; invite: Id }>();
  const standings: Standing[] = [];
  let attempts = 0;

  const enter = async ({ person, by, holder, ticket, stale, lateMs }: Comer): Promise<Standing> => {
    const now = clock.now - lateMs;
    const door = "door" in by ? doors[by.door] : (seen.get(by.of)?.invite ?? doors.poster);
    const name = `person ${person}`;
    const standing = await admit(db, {
      workspaceId: call.actor.workspaceId,
      communityId: community.id,
      campaignId: campaign.id,
      inviteId: door,
      identityHash: name,
      identityType: "custom",
      attempt: ++attempts,
      ticket,
      now,
      evaluation: {
        gateVersion: stale ? 7 : 1,
        result: "pass",
        leaves: [{ path: "/all/0", criterion: "answer", result: "pass", code: 'fits "well"' }],
        factsDigest: person % 2 ? "digest" : null,
        facts: person % 2 ? "facts" : null,
      },
      spends: [],
      credit: {
        inviteId: null,
        holderId: holder === null ? null : (seen.get(holder)?.id ?? null),
        allowKnown: false,
        touches: person % 3 ? null : [{ inviteId: door, at: now, how: "link" } as never],
      },
      displayName: name,
      attributes: person % 2 ? { tag: "a'b\"c" } : null,
      strategy: rules.strategy,
      seat: newSeat(rules, now),
      mayWait: hasWaitlist(rules),
      applies: false,
      rechecks,
      application: null,
      code: `code${attempts}x${person}`,
      actor: "gate",
      newId: ports.newId,
    });
    standings.push(standing);
    const { participant } = standing;
    if (participant?.inviteId) seen.set(person, { id: participant.id, invite: participant.inviteId });
    return standing;
  };
  return { db: ports.db, enter, counts, standings, close, groups: groups.map(({ id }) => id) };
}

/** A database that writes every batch by itself. */
const alone = (db: Db): Db => ({ ...db, merge: (batch) => db.run("write", batch.alone()) });

/** Counts what goes together, be it one alone. */
const watched = (db: Db, counts: { merged: number; passedOver: number }): Db => ({
  ...db,
  merge: (batch) =>
    db.merge({
      ...batch,
      merge: (all) => {
        const { statements, split } = batch.merge(all);
        return {
          statements,
          split: (results) => {
            const answers = split(results);
            counts.merged += answers.filter((answer) => answer !== null).length;
            counts.passedOver += answers.filter((answer) => answer === null).length;
            return answers;
          },
        };
      },
    }),
});

/** All that joins wrote, by names instead of ids. */
export async function writtenIn(db: Db) {
  const lists = [
    sql`SELECT m.identity_hash, p.display_name, u.display_name AS parent, p.depth, p.level_shift, k.channel AS via, p.refusal,
      p.touches IS NOT NULL AS touched, p.attributes, p.ticket, p.gate_version, p.joined_at, p.qualified_at, p.seat_state,
      p.seat_until, p.seat_confirmed_at, p.confirmation_source, g.name AS room, own.code, own.uses
      FROM participants p JOIN members m ON m.id = p.member_id LEFT JOIN participants u ON u.id = p.parent_id
        LEFT JOIN groups g ON g.id = p.group_id JOIN invites k ON k.id = p.invited_via
        JOIN invites own ON own.participant_id = p.id`,
    sql`SELECT kind, p.display_name, u.display_name AS parent, g.name AS room, l.gate_version, l.rule_version, l.qualifies_at,
      l.actor, l.key, l.at FROM ledger l JOIN participants p ON p.id = l.participant_id
        LEFT JOIN participants u ON u.id = l.parent_id LEFT JOIN groups g ON g.id = l.group_id`,
    sql`SELECT coalesce((SELECT m.identity_hash || '~' FROM participants p JOIN members m ON m.id = p.member_id
      WHERE e.identity_hash = '~' || p.id), e.identity_hash), gate_version, result, leaves, tries, facts_digest, facts,
      created_at FROM evaluations e`,
    sql`SELECT name, used FROM groups`,
    sql`SELECT channel, uses FROM invites WHERE participant_id IS NULL`,
    sql`SELECT identity_hash, identity_type, created_at FROM members`,
    sql`SELECT m.identity_hash, w.ticket FROM waitlist w JOIN members m ON m.id = w.member_id`,
    sql`SELECT identity_hash FROM lost_demand`,
  ];
  const results = await db.read(lists.map((list) => db.q.all<unknown[]>(list)) as never);
  return (results as unknown[][][]).map((rows) =>
    rows.map((row) => JSON.stringify(row, (_, v) => (typeof v === "bigint" ? Number(v) : v))).sort(),
  );
}
