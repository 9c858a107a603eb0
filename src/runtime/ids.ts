import { idCandidate } from "../domain/id.ts";

/** Makes id candidates that grow within a process, from the clock and a random start. */
export function createIds(now: () => number, random: (length: number) => Uint8Array): () => number {
  let last = 0;
  return () => {
    const [high = 0, low = 0] = random(2);
    last = Math.max(last + 1, idCandidate(now(), (high << 8) | low));
    return last;
  };
}
