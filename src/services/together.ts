import type { Actor } from "../domain/key.ts";
import type { Call } from "./call.ts";

const waiting = new WeakMap<object, { actor: Actor; answer: Promise<unknown> }>();

/**
 * One read for all who ask the same with the same key in one turn of the event loop. It begins when all of
 * them have asked, so it is as fresh for each as one of their own. Where requests may not wait for one
 * another, each reads alone.
 * @param ask the same object for the same question, and for no other
 */
export function together<T>({ ports, actor }: Call, ask: object, read: () => Promise<T>): Promise<T> {
  if (ports.turn === null) return read();
  const asked = waiting.get(ask);
  if (asked?.actor === actor) return asked.answer as Promise<T>;
  const answer = ports.turn().then(() => {
    // Whoever comes from here on may have seen something that this read does not.
    if (waiting.get(ask)?.answer === answer) waiting.delete(ask);
    return read();
  });
  waiting.set(ask, { actor, answer });
  return answer;
}
