import type { Id } from "../domain/id.ts";
import { posterEnd } from "../domain/poster.ts";
import { Problem } from "../domain/problem.ts";
import { findPoster, type PosterFacts } from "../store/images.ts";
import { type Call, found, tenantOf } from "./call.ts";
import { getInvite } from "./invites.ts";

/** What a poster says: the invite's code, whose it is, and until when it leads anywhere. */
export type Poster = PosterFacts & { code: string; endsAt: number | null };

/**
 * What stands on the poster of an invite.
 * @throws Problem `rotating_not_printable`, `invite_revoked` or `invite_expired`: it would not work on paper
 */
export async function getPoster(call: Call, id: Id): Promise<Poster> {
  const invite = await getInvite(call, id);
  if (invite.token !== null) {
    throw new Problem(
      "rotating_not_printable",
      "The code of this invite changes every few seconds: show it on a screen, or print a static invite.",
    );
  }
  if (invite.revokedAt !== null) throw new Problem("invite_revoked", "The invite was revoked.");
  const facts = found(await findPoster(call.ports.db, tenantOf(call), id), "invite");
  const endsAt = posterEnd(invite.expiresAt, facts.campaignEndsAt);
  if (endsAt !== null && endsAt <= call.ports.now()) {
    throw new Problem("invite_expired", "The invite or its campaign has ended.");
  }
  return { ...facts, code: invite.code, endsAt };
}
