import { z } from "@hono/zod-openapi";

/** An instant in an answer. */
export const iso = z.string().openapi({ format: "date-time", example: "2026-11-21T09:00:00.000Z" });

/** Milliseconds since 1970 as ISO 8601, UTC. */
export const toIso = (ms: number): string => new Date(ms).toISOString();
export const toIsoOrNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));
