import type { Answer } from "./api.ts";

/** Runs `work` over all items with at most `width` in flight; answers in the items' order. Ends with the first failure. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    try {
      for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, i);
    } catch (error) {
      next = items.length;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}

/** How often to ask a database that is too busy: it says so after about five seconds. */
const MAX_TRIES = 30;

/** Asks until the database is not too busy. A request that was refused for that has written nothing. */
export async function whenNotBusy(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (answer.json?.code !== "busy" || tries === MAX_TRIES) return answer;
  }
}
