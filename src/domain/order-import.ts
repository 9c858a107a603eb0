import { parseCsv } from "./csv.ts";
import { type FieldError, Problem } from "./problem.ts";

/** Rows that one import may have. */
export const MAX_IMPORT = 5000;

/** What the columns of a CSV may be called. Those of a needed field must be there. */
export const COLUMNS = [
  "reference",
  "amount",
  "currency",
  "source",
  "identityType",
  "identity",
  "application",
  "campaignId",
  "paidAt",
  "product",
] as const;
const NEEDED = ["reference", "amount", "currency"];

/** Faults of the columns that are told. */
const MAX_COLUMN_FAULTS = 50;

/** A line of the body: the fields of an order as they came, or what is wrong with the line itself. */
export type ImportRow = { line: number; value: unknown } | { line: number; errors: FieldError[] };

const refuse = (errors: FieldError[]): Problem =>
  new Problem("invalid_request", "The import cannot be read.", errors);

function bounded<T>(rows: T[]): T[] {
  if (rows.length <= MAX_IMPORT) return rows;
  throw refuse([{ path: "", code: "too_big", message: `has more than ${MAX_IMPORT} rows` }]);
}

const broken = (line: number, code: string, message: string): ImportRow => ({
  line,
  errors: [{ path: "", code, message }],
});

/** One order a line, as `POST /v1/orders` takes it. */
export function readJsonLines(text: string): ImportRow[] {
  const lines: { content: string; line: number }[] = [];
  for (const [i, content] of text.split(/\r\n|\r|\n/).entries()) {
    if (content.trim() !== "") lines.push({ content, line: i + 1 });
    if (lines.length > MAX_IMPORT) break;
  }
  return bounded(lines).map(({ content, line }) => {
    try {
      return { line, value: JSON.parse(content) as unknown };
    } catch {
      return broken(line, "invalid_json", "is not JSON");
    }
  });
}

/** The cells of a row as the fields of an order; an empty cell says nothing. */
function valueOf(columns: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const given = new Map(columns.map((name, i) => [name, (cells[i] ?? "").trim()]));
  const of = (name: string) => given.get(name) || undefined;
  const amount = of("amount");
  const number = amount !== undefined && /^\d{1,15}$/.test(amount) ? Number(amount) : amount;
  const [type, value, product] = [of("identityType"), of("identity"), of("product")];
  const fields = {
    reference: of("reference"),
    amount: number,
    currency: of("currency"),
    source: of("source"),
    identity: type === undefined && value === undefined ? undefined : { type, value },
    application: of("application"),
    campaignId: of("campaignId"),
    paidAt: of("paidAt"),
    items: product === undefined ? undefined : [{ product, amount: number }],
  };
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined));
}

/** What is wrong with a table's columns. Linear, however many there are: each known one is good once. */
function columnFaults(columns: readonly string[]): FieldError[] {
  const good = new Set<string>(COLUMNS);
  const errors: FieldError[] = [];
  for (const name of columns) {
    if (good.delete(name)) continue;
    const path = `/${name.slice(0, 40)}`;
    errors.push({ path, code: "unknown_field", message: "is no column, or one twice" });
    if (errors.length === MAX_COLUMN_FAULTS) return errors;
  }
  const missing = NEEDED.filter((name) => good.has(name));
  return errors.concat(
    missing.map((name) => ({
      path: `/${name}`,
      code: "missing",
      message: "is a column that an import needs",
    })),
  );
}

/**
 * A table with a line of column names.
 * @throws Problem `invalid_request` where the columns are not those of an order
 */
export function readOrdersCsv(text: string): ImportRow[] {
  const [head, ...rows] = parseCsv(text, MAX_IMPORT + 2);
  const columns = (head?.cells ?? []).map((name) => name.trim());
  const errors = columnFaults(columns);
  if (errors.length > 0) throw refuse(errors);
  return bounded(rows).map(({ line, cells }) => {
    if (cells === null) return broken(line, "open_quote", "has a quote that is never closed");
    if (cells.length !== columns.length)
      return broken(line, "cells", `has ${cells.length} cells, not ${columns.length}`);
    return { line, value: valueOf(columns, cells) };
  });
}
