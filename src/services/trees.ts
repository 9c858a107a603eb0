import { readCredit, type ReferralStatus, referralStatus } from "../domain/credit.ts";
import { type Id, parseId } from "../domain/id.ts";
import {
  askById,
  badCursor,
  cutById,
  cutPage,
  decodeCursor,
  type Page,
  type PageQuery,
} from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import {
  nestTree,
  personCursor,
  readCount,
  readPersonCursor,
  readTreeCursor,
  treeCursor,
  type TreeNode,
} from "../domain/tree.ts";
import type { Participant } from "../store/participants.ts";
import { type Line, readLines } from "../store/tree/part.ts";
import { readPath } from "../store/tree/path.ts";
import * as store from "../store/tree/read.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { readFolded } from "./freshness.ts";

/** The levels of a tree where none are asked for. */
const DEPTH = 3;

/** A page of a tree. `branches`: the topmost of those whose inviter is on an earlier page. */
export type Tree = Omit<TreeNode<Participant>, "more"> & {
  branches: TreeNode<Participant>[];
  next: string | null;
};

/**
 * The tree below a participant: the nearest, level by level. Behind them, page by page, the branches that
 * they did not hold; such a page costs what it holds and what of the first page lies on its way.
 */
export async function readTree(
  call: Call,
  id: Id,
  ask: PageQuery & { depth?: number | undefined },
): Promise<Tree> {
  demand(call, "read");
  const { ports } = call;
  const { limit, cursor } = ask;
  const from = cursor === undefined ? null : readTreeCursor(cursor);
  if (from !== null && ask.depth !== undefined && ask.depth !== from.depth) throw badCursor();
  const depth = from?.depth ?? ask.depth ?? DEPTH;
  const read = async (now: number) =>
    found(await store.readTreePage(ports.db, tenantOf(call), id, { depth, limit, from }, now), "participant");
  const page = await readFolded(ports, ({ campaignId }) => campaignId, false, read);
  if (!page.found) throw badCursor();
  const rows = page.rows.slice(0, limit);
  const last = rows.at(-1);
  let next: string | null = null;
  if (page.rows.length > limit && last !== undefined) {
    const level = page.levels[rows.length - 1] as number;
    next = treeCursor(
      from === null ? { depth, level, last: last.id, newest: page.newest, at: id } : { ...from, at: last.id },
    );
  }
  const { root } = page;
  return { participant: root, direct: root.direct, team: root.team, ...nestTree(id, rows), next };
}

/** The people whom a participant brought. */
export async function readChildren(
  call: Call,
  id: Id,
  query: PageQuery & { order: "newest" | "oldest" },
): Promise<Page<Participant>> {
  demand(call, "read");
  const { ports } = call;
  const ask = askById("participant", query);
  const read = async (now: number) =>
    found(await store.readChildren(ports.db, tenantOf(call), id, query.order, ask, now), "participant");
  const { rows } = await readFolded(ports, ({ campaignId }) => campaignId, false, read);
  return cutById(rows, ask);
}

/** The inviters of a participant, the nearest first, up to the root. */
export async function readAncestors(call: Call, id: Id, query: PageQuery): Promise<Page<Participant>> {
  demand(call, "read");
  const { ports } = call;
  const ask = askById("participant", query);
  const read = async (now: number) =>
    found(await store.readAncestors(ports.db, tenantOf(call), id, ask, now), "participant");
  const { rows } = await readFolded(ports, ({ campaignId }) => campaignId, false, read);
  return cutById(rows, ask);
}

/** The way between two people. All is null where they stand in different trees. */
export type Path = Page<Participant> & {
  meetingId: Id | null;
  /** Steps up to whoever stands above both, and from there down. */
  up: number | null;
  down: number | null;
};

const unknownEnd = () =>
  new Problem("invalid_request", "There is no path to that participant.", [
    { path: "?to", code: "unknown_participant", message: "is no participant of this campaign" },
  ]);

/** The way from a participant to another one of the campaign; without `to`, up to their root. */
export async function readPathTo(
  call: Call,
  id: Id,
  query: PageQuery & { to?: string | undefined },
): Promise<Path> {
  demand(call, "read");
  const { ports } = call;
  const { limit, cursor, to = null } = query;
  if (to !== null && parseId("participant", to) === null) throw unknownEnd();
  const position = cursor === undefined ? null : decodeCursor(cursor);
  if (cursor !== undefined) readCount(position?.key);
  const read = async (now: number) =>
    found(await readPath(ports.db, tenantOf(call), id, to, { limit, position }, now), "participant");
  const path = await readFolded(ports, ({ campaignId }) => campaignId, false, read);
  if (!path.known) throw unknownEnd();
  const { data, next, previous } = cutPage(path.rows, limit, position, ({ place }) => String(place));
  // Only somebody moved since the first page can have left the path this short.
  if (position !== null && data.length === 0) throw badCursor();
  return {
    data: data.map(({ participant }) => participant),
    meetingId: path.meeting?.id ?? null,
    up: path.meeting?.up ?? null,
    down: path.meeting?.down ?? null,
    next,
    previous,
  };
}

/** A person in an export. `status` is null where nobody counts as their inviter. */
export type ExportLine = Omit<Line, "state"> & { status: ReferralStatus | null };

/** A page of the subtree of a participant, themselves first: branch by branch, inviters before whom they brought. */
export async function exportSubtree(
  call: Call,
  id: Id,
  { limit, cursor }: PageQuery,
): Promise<{ data: ExportLine[]; next: string | null }> {
  demand(call, "read");
  const { ports } = call;
  const behind = cursor === undefined ? null : readPersonCursor("export", cursor);
  // A page that goes on begins with the last person of the one before.
  const skip = behind === null ? 0 : 1;
  const part = { root: id, at: behind ?? id, depth: null, limit: limit + skip + 1 };
  const read = async (now: number) =>
    found(await readLines(ports.db, tenantOf(call), part, now), "participant");
  const { lines } = await readFolded(ports, ({ campaignId }) => campaignId, false, read);
  if (behind !== null && lines[0]?.id !== behind) throw badCursor();
  const data = lines.slice(skip, skip + limit);
  const last = data.at(-1);
  return {
    data: data.map(({ state, ...line }) => ({
      ...line,
      status: line.inviterId === null ? null : referralStatus(readCredit(state)),
    })),
    next: lines.length > skip + limit && last !== undefined ? personCursor("export", last.id) : null,
  };
}
