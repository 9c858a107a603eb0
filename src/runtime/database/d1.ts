import type { Driver } from "../../store/db.ts";

/** The part of Cloudflare's D1 binding that is used here. */
export type D1 = {
  prepare(sql: string): { bind(...values: unknown[]): unknown };
  batch(statements: unknown[]): Promise<{ results: Record<string, unknown>[] }[]>;
};

/** Cloudflare D1: a batch is one transaction and one round trip. */
export const d1Driver =
  (d1: D1): Driver =>
  async (statements) => {
    const results = await d1.batch(statements.map(({ sql, params }) => d1.prepare(sql).bind(...params)));
    return results.map(({ results: rows }) => rows.map((row) => Object.values(row)));
  };
