import fc from "fast-check";
import type { Strategy } from "./seats-model.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const START = Date.parse("2026-03-01T08:00:00Z");
export const RESERVED = 10;

export type Step =
  | { do: "join"; who: number; by: number }
  | { do: "leave" | "rejoin" | "confirm"; who: number }
  | { do: "wait"; minutes: number }
  | { do: "patch"; group: number; to: { state: "open" | "paused" | "closed" } | { capacity: number } }
  | { do: "renew"; group: number; hours: number | null }
  | { do: "add"; capacity: number; priority: number; weight: number; hours: number | null }
  | { do: "merge"; from: number; into: number }
  | { do: "job" };

const who = fc.nat(11);
const hours = fc.constantFrom(null, null, 1, 2, 5);
const capacity = fc.integer({ min: 1, max: 4 });
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("join" as const), who, by: fc.nat(4) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("leave" as const, "rejoin" as const, "confirm" as const),
      who,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.constantFrom(1, 4, 9, 10, 30, 60) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("patch" as const),
      group: fc.nat(5),
      to: fc.oneof(
        fc.record({
          state: fc.constantFrom("open" as const, "open" as const, "paused" as const, "closed" as const),
        }),
        fc.record({ capacity }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renew" as const), group: fc.nat(5), hours }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("add" as const),
      capacity,
      priority: fc.nat(2),
      weight: fc.nat(3),
      hours,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("merge" as const), from: fc.nat(5), into: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("job" as const) }) },
);

export const rules = fc.record({
  strategy: fc.constantFrom<Strategy>("in_order", "least_filled", "weighted"),
  confirm: fc.constantFrom("reveal" as const, "operator" as const, "carrier" as const),
  waitlist: fc.constantFrom(true, true, true, false),
  named: fc.boolean(),
});
export type Drawn = typeof rules extends fc.Arbitrary<infer T> ? T : never;
