/** Structured values only; callers keep personal data, codes and query strings out of them. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

export type Log = {
  info: (event: string, fields?: LogFields) => void;
  error: (event: string, fields?: LogFields) => void;
};

/** One JSON line an event, on standard output. */
export function jsonLog(now: () => number, quiet = false): Log {
  const write =
    (level: string) =>
    (event: string, fields: LogFields = {}) => {
      if (quiet && level === "info") return;
      console.log(JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...fields }));
    };
  return { info: write("info"), error: write("error") };
}
