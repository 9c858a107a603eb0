/** One line of the table: a subject beside its base, both measured in turns in the same run. */
export type Row = {
  case: string;
  /** What the rates count: `requests/s`, `joins/s`. */
  unit: string;
  /** Median rates; they drift with the machine. The ratio is what counts. */
  base: number;
  subject: number;
  /** How many times the base's cost the subject's is, round by round: base rate ÷ subject rate. */
  ratio: Spread;
};

/** The median and the quartiles around it. */
export type Spread = { median: number; low: number; high: number };

/** A part of the benchmark that can be run by its name. */
export type Section = {
  name: string;
  title: string;
  /** What is compared with what, in a few plain sentences. */
  about: string;
  run: () => Promise<Row[]>;
};
