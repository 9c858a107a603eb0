import type { Id } from "../domain/id.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import { type MemberPatch, type MembersInput, ROW_FAULTS, type RowFault } from "../domain/profile.ts";
import { findCommunity } from "../store/communities.ts";
import * as store from "../store/profiles.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { hashIdentity } from "./identities.ts";
import { lookAgainSoon } from "./reapplying.ts";

export type Member = store.Member;
export type Profile = store.Profile;

/**
 * Keeps what another system knows of people in a community: all rows, or none where one is wrong. People need
 * not be in yet. Whoever waits for a level or a tag is judged again.
 * @throws Problem `invalid_request` that names every row at fault
 */
export async function putMembers(
  call: Call,
  communityId: Id,
  { members }: MembersInput,
): Promise<store.Profile[]> {
  demand(call, "write", "workspace");
  const { ports, actor } = call;
  const rows = await Promise.all(
    members.map(async ({ identity, memberId, ...patch }): Promise<store.ToldRow> => ({
      who:
        identity === undefined
          ? { memberId: memberId as Id }
          : { hash: await hashIdentity(ports, actor.workspaceId, identity) },
      patch,
    })),
  );
  const tenant = tenantOf(call);
  const written = await write(call, store.communityBy(tenant, communityId), rows, "community");
  if (written.faults.length === 0) return written.profiles;
  const place = (row: number, fault: RowFault) =>
    `/members/${row}${fault === "unknown_member" ? "/memberId" : ""}`;
  throw refused(written.faults.map(({ row, fault }) => [place(row, fault), fault]));
}

async function write(
  call: Call,
  community: ReturnType<typeof store.communityBy>,
  rows: readonly store.ToldRow[],
  noun: string,
): Promise<store.Written> {
  const { ports } = call;
  const now = ports.now();
  const written = await store.writeProfiles(ports.db, tenantOf(call), community, rows, now);
  found(written.own ? written : null, noun);
  if (written.profiles.some(({ updatedAt }) => updatedAt === now)) lookAgainSoon(ports);
  return written;
}

const refused = (faults: readonly [path: string, fault: RowFault][]): Problem =>
  new Problem(
    "invalid_request",
    "The request has fields that are wrong.",
    faults.map(([path, code]) => ({ path, code, message: ROW_FAULTS[code] })),
  );

/** A page of a community's members. */
export async function listMembers(
  call: Call,
  communityId: Id,
  query: PageQuery & { tag?: string | undefined; minLevel?: number | undefined },
): Promise<Page<store.Member>> {
  demand(call, "read", "workspace");
  const { db } = call.ports;
  const ask = askById("member", query);
  const filter = { tag: query.tag ?? null, minLevel: query.minLevel ?? null };
  const rows = await store.listMembers(db, tenantOf(call), communityId, filter, ask);
  if (rows.length === 0) found(await findCommunity(db, tenantOf(call), communityId), "community");
  return cutById(rows, ask);
}

export async function getMember(call: Call, id: Id): Promise<store.Member> {
  demand(call, "read", "workspace");
  return found(await store.findMember(call.ports.db, tenantOf(call), id), "member");
}

/** Changes what is known of one member. */
export async function patchMember(call: Call, id: Id, patch: MemberPatch): Promise<store.Member> {
  demand(call, "write", "workspace");
  const community = store.communityOfMember(tenantOf(call), id);
  const { faults } = await write(call, community, [{ who: { memberId: id }, patch }], "member");
  if (faults.length > 0) throw refused(faults.map(({ fault }) => ["/addTags", fault]));
  return getMember(call, id);
}
