/** Codes of drivers and of Node: constants, in which nothing personal can be. */
const CODE = /^[A-Z][A-Z0-9_]{2,40}$/;

/**
 * What to write into a log of an error: its name, and the first code that it or a cause of it has. Never the
 * message, which may carry the values that a statement was given.
 */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && CODE.test(code)) return `${error.name} ${code}`;
  }
  return error.name;
}
