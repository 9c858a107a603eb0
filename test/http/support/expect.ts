import { expect } from "vitest";
import type { Answer } from "../../support/api.ts";

/** What no answer may tell: a stack, a file, a driver, or SQL. */
const LEAK =
  /SQLITE|SELECT |INSERT INTO|drizzle|libsql|D1_ERROR|constraint failed|node_modules|\bat \/|\.tsx?:\d/i;

/** The body of an answer that must be a success. */
// oxlint-disable-next-line typescript/no-explicit-any
export async function made(answer: Promise<Answer>): Promise<any> {
  const { status, json, text } = await answer;
  if (status >= 300) throw new Error(`${status}: ${text}`);
  return json;
}

/** Asserts RFC 9457 with this status and code, and a fault at each of these places. */
export function expectProblem(answer: Answer, status: number, code: string, ...paths: string[]): void {
  const { json, text } = answer;
  expect(answer.status, text).toBe(status);
  expect(json?.code, text).toBe(code);
  expectTame(answer);
  const found = json.errors.map((error: { path: string }) => error.path);
  expect(found, text).toEqual(expect.arrayContaining(paths));
}

/**
 * Asserts that a refusal is a complete problem which tells nothing of the inside; never a 5xx, but for
 * what a host says that it cannot do.
 */
export function expectTame(answer: Answer, what = ""): void {
  const { status, headers, json, text } = answer;
  const seen = `${what}: ${status} ${text.slice(0, 500)}`;
  if (json?.code !== "not_available_here") expect(status, seen).toBeLessThan(500);
  if (status < 400) return;
  expect(headers.get("Content-Type"), seen).toBe("application/problem+json");
  expect(Object.keys(json).sort(), seen).toEqual(["code", "errors", "requestId", "status", "title", "type"]);
  expect(json.status, seen).toBe(status);
  expect(json.code, seen).toMatch(/^[a-z]+(_[a-z]+)*$/);
  expect(json.requestId, seen).toMatch(/^req_[0-9a-z]{16}$/);
  expect(headers.get("X-Request-Id"), seen).toBe(json.requestId);
  for (const error of json.errors) {
    expect(error, seen).toEqual({
      path: expect.any(String),
      code: expect.any(String),
      message: expect.any(String),
    });
  }
  expect(text.slice(0, 4000)).not.toMatch(LEAK);
}

const HOUR = 3_600_000;

/** An instant so many hours from now, as the API writes it. */
export const hoursFromNow = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString();
