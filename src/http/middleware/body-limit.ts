import type { Context, Next } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Env } from "../env.ts";
import { bodyTooLarge } from "../problem.ts";

/** The largest body that is read of anybody, in bytes. */
const MAX_BODY = 64 * 1024;

/** The same of whoever holds a key, where many rows are sent at once. */
const MAX_ROWS_BODY = 1024 * 1024;

/** The same of a provider's webhook: an order may have hundreds of lines. */
const MAX_HOOK_BODY = 512 * 1024;

const MANY_ROWS = /^\/v1\/(?:communities\/[^/]+\/members|lists\/[^/]+\/entries|orders\/import)$/;

/**
 * A length that is said is what comes: every host sees to it. Where none is said the body is counted as it is read,
 * and asking for that makes a stream of it, which costs a fifth of a join over HTTP.
 */
const limit = (maxSize: number) => {
  const tooLarge = () => {
    throw bodyTooLarge(maxSize);
  };
  const counted = bodyLimit({ maxSize, onError: tooLarge });
  return (c: Context<Env>, next: Next) => {
    const length = c.req.header("Content-Length");
    if (length === undefined || c.req.header("Transfer-Encoding") !== undefined) return counted(c, next);
    return Number.parseInt(length, 10) > maxSize ? tooLarge() : next();
  };
};
const limits = { usual: limit(MAX_BODY), hook: limit(MAX_HOOK_BODY), rows: limit(MAX_ROWS_BODY) };

const isRows = (c: Context<Env>): boolean => MANY_ROWS.test(c.req.path);

/** The methods that may come with a body: those of others, GET above all, pass by all that asks for one. */
export const METHODS_WITH_BODY = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Bounds what is read of a body, but for those of many rows: `rowsLimit` does it once there is a key. */
export const usualLimit = (c: Context<Env>, next: Next) => {
  if (isRows(c)) return next();
  return (c.req.path.startsWith("/hooks/") ? limits.hook : limits.usual)(c, next);
};

/** Bounds bodies of many rows. */
export const rowsLimit = (c: Context<Env>, next: Next) => (isRows(c) ? limits.rows(c, next) : next());
