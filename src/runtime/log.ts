/** Structured values only; callers keep personal data, codes and query strings out of them. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

export type Log = {
  info: (event: string, fields?: LogFields) => void;
  error: (event: string, fields?: LogFields) => void;
};

/** Where lines go. `urgent`: not later than at once. */
export type Print = (line: string, urgent: boolean) => void;

/** One JSON line an event. */
export function jsonLog(
  now: () => number,
  quiet = false,
  print: Print = (line) => {
    console.log(line);
  },
): Log {
  const write =
    (level: "info" | "error") =>
    (event: string, fields: LogFields = {}) => {
      if (quiet && level === "info") return;
      const line = JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...fields });
      print(line, level === "error");
    };
  return { info: write("info"), error: write("error") };
}
