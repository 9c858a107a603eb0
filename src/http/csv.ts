/** A spreadsheet would run a cell that begins so. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Rows as CSV (RFC 4180) under a line of `columns`. Text that looks like a formula gets an apostrophe. */
export const toCsv = <K extends string>(
  columns: readonly K[],
  rows: readonly { [key in K]?: string | number | boolean | null | undefined }[],
): string =>
  [columns as readonly string[], ...rows.map((row) => columns.map((column) => cell(row[column])))]
    .map((cells) => `${cells.join(",")}\r\n`)
    .join("");

/** Whether somebody wants CSV: by the parameter `format`, or by the header `Accept` where that says nothing. */
export const wantsCsv = (format: string | undefined, accept: string | undefined): boolean =>
  format === "csv" || (format === undefined && accept?.startsWith("text/csv") === true);
