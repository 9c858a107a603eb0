import type { Id } from "../domain/id.ts";
import type { Actor } from "../domain/key.ts";
import type { PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { findPublicBoard, type PublicBoard } from "../store/public-boards.ts";
import { type Board, readLeaderboard } from "./boards.ts";

/**
 * A page of a campaign's board for anybody, if the campaign has it be public: of all time, by the campaign's own
 * metric. Nothing else may be asked for, so strangers have nothing built.
 * @throws Problem `not_found`
 */
export async function openPublicBoard(
  ports: Ports,
  campaignId: Id,
  query: PageQuery,
): Promise<Pick<PublicBoard, "campaign" | "community"> & { board: Board }> {
  const found = await findPublicBoard(ports.db, campaignId);
  if (found === undefined) throw new Problem("not_found", "There is no public board here.");
  const { workspaceId, campaign, community } = found;
  const anybody: Actor = { keyId: "anybody", workspaceId, scopes: ["read"], campaignId, owner: false };
  const board = await readLeaderboard({ ports, actor: anybody }, campaignId, query);
  return { campaign, community, board };
}
