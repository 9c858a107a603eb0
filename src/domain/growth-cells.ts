/** What is counted of people, by when they joined. `away*`: not there so many days after the join. */
export const MEASURES = [
  "people",
  "confirmed",
  "qualified",
  "validated",
  "present",
  "away1",
  "away7",
  "away30",
  "brought",
  "inviters",
] as const;
export type Measure = (typeof MEASURES)[number];

/**
 * By what people are counted, beside the quarter of their join: all of them; by the invite that brought
 * them; by the one that brought the root of their tree; by generation, whenever they joined. An invite
 * is named by its number; those of participants are 0 together.
 */
export const SLICES = { all: 0, via: 1, root: 2, generation: 3 } as const;
export type Slice = keyof typeof SLICES;

/** What is counted by when it happened, beside joins and scans. */
export const HAPPENINGS = { confirmed: 0, qualified: 1, leaves: 2, returns: 3 } as const;
export type Happening = keyof typeof HAPPENINGS;

/** What holds of a person, as bits of one number. `credited`: bringing them counts, see `isCredited`. */
export const MARKS = {
  confirmed: 1,
  qualified: 2,
  validated: 4,
  present: 8,
  away1: 16,
  away7: 32,
  away30: 64,
  credited: 128,
} as const;
export type Mark = keyof typeof MARKS;
