import { expect, test } from "vitest";
import { errorName } from "../../src/domain/errors.ts";

const coded = (code: unknown, cause?: unknown) =>
  Object.assign(new Error("zhang@example.com", { cause }), { code });

test.each([
  [new TypeError("zhang@example.com"), "TypeError"],
  [coded("SQLITE_BUSY"), "Error SQLITE_BUSY"],
  [coded(undefined, coded("TRANSACTION_TIMEOUT")), "Error TRANSACTION_TIMEOUT"],
  [coded("zhang@example.com"), "Error"],
  [coded("Zhang Wei", coded(42)), "Error"],
  ["zhang@example.com", "unknown"],
  [null, "unknown"],
])("an error's name for a log says what it is, and nothing of whom: %#", (error, name) => {
  expect(errorName(error)).toBe(name);
});

test("causes that go round end", () => {
  const error = new Error("one");
  error.cause = error;
  expect(errorName(error)).toBe("Error");
});
