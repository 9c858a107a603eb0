import type { Defer } from "./scope.ts";

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
  /** The ratio that it should not exceed; null for a figure that is only good to know. */
  aim: number | null;
};

/** The median and the quartiles around it. */
export type Spread = { median: number; low: number; high: number };

/** What sections of one run share. */
export type Run = {
  /** The sizes of the crowds that large sections measure with, the smallest first. */
  participants: readonly number[];
  /** Undone when the whole run is over. */
  defer: Defer;
};

/** A part of the benchmark that can be run by its name. */
export type Section = {
  name: string;
  title: string;
  /** What is compared with what, in a few plain sentences. */
  about: string;
  /** `notes`: what was seen beside the rows, and what was left out. */
  run: (run: Run) => Promise<{ rows: Row[]; notes: string[] }>;
};
