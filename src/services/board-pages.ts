import type { Ports } from "../runtime/ports.ts";
import { type BoardAsk, type BoardRead, type BoardSlice, readBoard } from "../store/board.ts";
import type { Tenant } from "../store/tenant.ts";

/** A board with its page. Nobody may change them: they are shared, and the same for as long as nothing moved. */
export type WholeRead = BoardRead & { page: BoardSlice };

/** Pages that a process keeps: a few thousand bytes each. */
const MAX_PAGES = 200;

const allPages = new WeakMap<Ports["log"], Map<string, WholeRead>>();

/**
 * Reads a board, and of its page only what this process has not read before: whatever moves a board moves
 * the campaign's version, so the page of a version never changes. One read. Undefined: no such campaign.
 */
export async function readPage(ports: Ports, tenant: Tenant, ask: BoardAsk): Promise<WholeRead | undefined> {
  const pages = allPages.get(ports.log) ?? new Map<string, WholeRead>();
  allPages.set(ports.log, pages);
  const { campaignId, metric, startsAt, endsAt, filter, limit, from } = ask;
  const place = from === null ? "" : `${from.direction} ${Object.values(from.key).join()}`;
  const key = `${campaignId} ${metric} ${startsAt} ${endsAt} ${limit} ${place}\n${filter}`;
  const kept = pages.get(key) ?? null;
  const read = await readBoard(ports.db, tenant, { ...ask, known: kept });
  if (read === undefined || read === kept) return read as WholeRead | undefined;
  // What stayed as it was is left out of the read.
  const { board, page } = read.page === null && kept !== null ? kept : read;
  if (page === null) throw new Error("a page was left out that nobody has");
  const whole = { ...read, board, page };
  // Forgetting all of them now and then is simpler than keeping their order.
  if (pages.size >= MAX_PAGES) pages.clear();
  pages.set(key, { ...whole, around: null });
  return whole;
}
