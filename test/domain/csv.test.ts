import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCsv } from "../../src/domain/csv.ts";
import { MAX_IMPORT, readJsonLines, readOrdersCsv } from "../../src/domain/order-import.ts";
import { Problem } from "../../src/domain/problem.ts";

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

describe("CSV", () => {
  test.each([
    [
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "\ufeffa,b\rc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ['"a,b","c""d"', [["a,b", 'c"d']]],
    [
      "a,\n,b",
      [
        ["a", ""],
        ["", "b"],
      ],
    ],
    ['a"b,c', [['a"b', "c"]]],
    ["", []],
    ["\n\r\n\n", []],
    [",", [["", ""]]],
  ])("%j", (text, cells) => {
    expect(parseCsv(text).map((row) => row.cells)).toEqual(cells);
  });

  test("tells in which line a row begins, whatever stands in quotes before it", () => {
    const rows = parseCsv('a\n"b\nb\r\nb"\n\nc\r\n"d');
    expect(rows).toEqual([
      { line: 1, cells: ["a"] },
      { line: 2, cells: ["b\nb\r\nb"] },
      { line: 6, cells: ["c"] },
      { line: 7, cells: null },
    ]);
  });

  test("reads back whatever is written, quoted or not", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "名"), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), (rows, end) => {
        const text = rows.map((row) => row.map(quoted).join(",") + end).join("");
        expect(parseCsv(text).map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });

  test("takes as long as the text is", () => {
    const rows = parseCsv(`${'"a""b",'.repeat(100_000)}\n${'"'.repeat(99_999)}`);
    expect(rows).toHaveLength(2);
  });
});

const errorsOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.errors;
  }
  throw new Error("nothing was refused");
};

describe("an import", () => {
  test("takes as long as the text is, whatever its columns, and reads no row too many", () => {
    const columns = `${",".repeat(300_000)}${"reference,".repeat(60_000)}`;
    expect(errorsOf(() => readOrdersCsv(columns))).toHaveLength(50);
    const rows = "reference,amount,currency\n" + "a\n".repeat(400_000);
    for (const read of [() => readOrdersCsv(rows), () => readJsonLines("{}\n".repeat(300_000))]) {
      expect(errorsOf(read)).toEqual([expect.objectContaining({ code: "too_big" })]);
    }
    expect(readJsonLines("\n".repeat(1_000_000))).toEqual([]);
  });

  test("reads an order a row, by the columns' names", () => {
    const text =
      "amount,reference,currency,product,identityType,identity\n100,A-1,CNY,course,email,a@b.cc\n200,A-2,CNY,,,";
    expect(readOrdersCsv(text)).toEqual([
      {
        line: 2,
        value: {
          amount: 100,
          reference: "A-1",
          currency: "CNY",
          items: [{ product: "course", amount: 100 }],
          identity: { type: "email", value: "a@b.cc" },
        },
      },
      { line: 3, value: { amount: 200, reference: "A-2", currency: "CNY" } },
    ]);
  });

  test("names the columns that it lacks, and those that it does not know", () => {
    const paths = errorsOf(() => readOrdersCsv("reference,colour,reference\n")).map(({ path }) => path);
    expect(paths).toEqual(["/colour", "/reference", "/amount", "/currency"]);
  });

  test("tells of a broken row by its line, and goes on", () => {
    const csv = readOrdersCsv('reference,amount,currency\nA-1,1\n"A\n2",1,CNY\nA-3,x,CNY\n"A-4,1,CNY');
    expect(csv.map(({ line }) => line)).toEqual([2, 3, 5, 6]);
    expect(csv.map((row) => ("errors" in row ? row.errors[0]?.code : "read"))).toEqual([
      "cells",
      "read",
      "read",
      "open_quote",
    ]);
    const lines = readJsonLines('{"a":1}\n\n{\r\n[]');
    expect(lines.map((row) => [row.line, "errors" in row])).toEqual([
      [1, false],
      [3, true],
      [4, false],
    ]);
  });

  test("has no more than so many rows", () => {
    expect(readJsonLines("1\n".repeat(MAX_IMPORT))).toHaveLength(MAX_IMPORT);
    expect(errorsOf(() => readJsonLines("1\n".repeat(MAX_IMPORT + 1)))[0]?.code).toBe("too_big");
  });
});
