/** Drivers wrap each other: deeper than this nobody looks, nor where causes go round. */
const MAX_DEPTH = 8;

/** Codes of drivers and of Node: constants, in which nothing personal can be. */
const CODE = /^[A-Z][A-Z0-9_]{2,40}$/;

/** An error with a driver's code, where it has one. */
export type Coded = Error & { code?: unknown };

/** An error, what caused it, what caused that, and so on; nothing for what is no error. */
export function causesOf(error: unknown): Coded[] {
  const causes: Coded[] = [];
  for (let at = error; at instanceof Error && causes.length < MAX_DEPTH; at = at.cause) causes.push(at);
  return causes;
}

/**
 * What to write into a log of an error: its name, and the first code that it or a cause of it has. Never the
 * message, which may carry the values that a statement was given.
 */
export function errorName(error: unknown): string {
  const causes = causesOf(error);
  const [own] = causes;
  if (own === undefined) return "unknown";
  const code = causes.map((cause) => cause.code).find((one) => typeof one === "string" && CODE.test(one));
  return code === undefined ? own.name : `${own.name} ${code as string}`;
}
