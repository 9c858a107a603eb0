import type { Result, Router } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { TrieRouter } from "hono/router/trie-router";

/** Where a word and a parameter stand in one place of a path: `/v1/orders/import` and `/v1/orders/{id}/refund`. */
const AMBIGUOUS = /^\/(?:i|v1\/orders)\//;

/**
 * Routes by one regular expression, which takes a third of the time of a tree. It cannot tell a word from
 * a parameter, and one such path has Hono take the tree for all: here only what is like that goes by it.
 */
export class FastRouter<T> implements Router<T> {
  name = "FastRouter";
  #fast = new RegExpRouter<T>();
  #exact = new TrieRouter<T>();

  /** @throws UnsupportedPathError for a path that belongs to `AMBIGUOUS` */
  add(method: string, path: string, handler: T): void {
    if (!AMBIGUOUS.test(path)) this.#fast.add(method, path, handler);
    this.#exact.add(method, path, handler);
  }

  match(method: string, path: string): Result<T> {
    return (AMBIGUOUS.test(path) ? this.#exact : this.#fast).match(method, path);
  }
}
