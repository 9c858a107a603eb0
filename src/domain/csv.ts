/** One row of CSV: its cells, and the line of the text in which it begins (the first one is 1). */
export type CsvRow = { line: number; cells: string[] };

/**
 * Reads CSV (RFC 4180): commas, quotes that may hold line breaks, any kind of line end, a byte order mark. Blank
 * lines are no rows. Linear in the text.
 * @param most rows after which no more are read
 * @returns null in place of the cells of a row whose quote is never closed
 */
export function parseCsv(text: string, most = Infinity): { line: number; cells: string[] | null }[] {
  const rows: { line: number; cells: string[] | null }[] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  let line = 1;
  while (at < text.length && rows.length < most) {
    const row = readRow(text, at);
    const isBlank = row.cells?.length === 1 && row.cells[0] === "";
    if (!isBlank) rows.push({ line, cells: row.cells });
    line += row.lines;
    at = row.end;
  }
  return rows;
}

/** The row that begins at `at`: where the next one begins, and how many lines it takes. */
function readRow(text: string, at: number): { cells: string[] | null; end: number; lines: number } {
  const cells: string[] = [];
  let lines = 1;
  for (;;) {
    let cell = "";
    if (text[at] === '"') {
      const quoted = readQuoted(text, at);
      if (quoted === null) return { cells: null, end: text.length, lines };
      lines += quoted.breaks;
      cell = quoted.value;
      at = quoted.end;
    }
    const start = at;
    while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r") at++;
    cells.push(cell + text.slice(start, at));
    if (text[at] !== ",") break;
    at++;
  }
  if (text[at] === "\r" && text[at + 1] === "\n") at++;
  return { cells, end: at + 1, lines };
}

/** A quoted cell; null when its quote is never closed. Two quotes stand for one. */
function readQuoted(text: string, start: number): { value: string; end: number; breaks: number } | null {
  let value = "";
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return null;
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      return { value, end: quote + 1, breaks: value.match(/\r\n|\r|\n/g)?.length ?? 0 };
    }
    value += '"';
    at = quote + 2;
  }
}
