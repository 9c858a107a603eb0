import { type Api } from "../../support/api.ts";
import { made } from "./expect.ts";

// oxlint-disable-next-line typescript/no-explicit-any
type Page = { data: any[]; next: string | null; previous: string | null };

const MAX_PAGES = 50;

/** Every page of a list: from the top on by `next`, then from the last page back by `previous`. */
export async function walkPages(
  api: Api,
  path: string,
  limit: number,
): Promise<{ forwards: Page[]; backwards: Page[] }> {
  const read = (cursor: string | null): Promise<Page> => {
    const more = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    return made(api.get(`${path}${path.includes("?") ? "&" : "?"}limit=${limit}${more}`));
  };
  const walk = async (from: Page, side: "next" | "previous") => {
    const pages = [from];
    for (let at = from; at[side] !== null && pages.length < MAX_PAGES;) {
      at = await read(at[side]);
      pages.push(at);
    }
    return pages;
  };
  const forwards = await walk(await read(null), "next");
  const backwards = await walk(forwards.at(-1) as Page, "previous");
  return { forwards, backwards };
}
