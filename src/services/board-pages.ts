import type { Ports } from "../runtime/ports.ts";
import { type BoardAsk, type BoardRead, type BoardSlice, readBoard } from "../store/board.ts";
import type { Tenant } from "../store/tenant.ts";

/** A board with its page. Nobody may change them: they are shared, and the same for as long as nothing moved. */
export type WholeRead = BoardRead & { page: BoardSlice };

/** Pages that a process keeps: a few thousand bytes each. */
const MAX_PAGES = 200;

const allPages = new WeakMap<Ports["log"], Map<string, Pick<WholeRead, "version" | "board" | "page">>>();

/**
 * Reads a board, and of its page only what this process has not read before: whatever moves a board moves
 * the campaign's version, so the page of a version never changes. One read. Undefined: no such campaign.
 */
export async function readPage(ports: Ports, tenant: Tenant, ask: BoardAsk): Promise<WholeRead | undefined> {
  const pages = allPages.get(ports.log) ?? new Map<string, Pick<WholeRead, "version" | "board" | "page">>();
  allPages.set(ports.log, pages);
  const { campaignId, metric, startsAt, endsAt, filter, limit, from } = ask;
  const place = from === null ? [] : [from.direction, ...Object.values(from.key)];
  const key = [campaignId, metric, startsAt, endsAt, filter, limit, ...place].join("\n");
  const kept = pages.get(key);
  const read = await readBoard(ports.db, tenant, { ...ask, known: kept?.version ?? null });
  if (read === undefined) return undefined;
  const { version, board, page } = read.page === null ? { ...read, ...kept } : read;
  if (page === null) throw new Error("a page was left out that nobody has");
  if (read.page !== null) {
    // Forgetting all of them now and then is simpler than keeping their order.
    if (pages.size >= MAX_PAGES) pages.clear();
    pages.set(key, { version, board, page });
  }
  return { ...read, board, page };
}
