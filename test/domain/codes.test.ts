import fc from "fast-check";
import { expect, test } from "vitest";
import { CODE_LENGTH, canonicalCode } from "../../src/domain/invite.ts";
import { createCodes } from "../../src/runtime/codes.ts";
import { createRandom } from "../../src/runtime/random.ts";

const RUN = 256;

test("codes that are made one after the other lie side by side, and no two are the same", () => {
  const next = createCodes(createRandom());
  const codes = Array.from({ length: 20 * RUN }, next);
  expect(new Set(codes).size).toBe(codes.length);
  const starts: string[] = [];
  for (let run = 0; run < 20; run++) {
    const alike = new Set(codes.slice(run * RUN, (run + 1) * RUN).map((code) => code.slice(0, 3)));
    expect(alike.size).toBe(1);
    starts.push(...alike);
  }
  // Of 19,683 beginnings, twenty may share one by chance, but hardly two pairs do.
  expect(new Set(starts).size).toBeGreaterThan(17);
});

test("whatever bytes come, a code is canonical; and bytes that are no character cost another draw, not a short code", () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constant(255))), (bytes) => {
      const draw = (length: number) =>
        Uint8Array.from({ length }, () => (bytes.next().value as number | undefined) ?? 0);
      const next = createCodes(draw);
      for (const code of Array.from({ length: 3 }, next)) {
        expect(code).toHaveLength(CODE_LENGTH);
        expect(canonicalCode(code)).toBe(code);
      }
    }),
    { numRuns: 200 },
  );
});

test("what is not shared is drawn anew for each, and every character is as likely as another", () => {
  const next = createCodes(createRandom());
  const codes = Array.from({ length: 27 * 400 }, next);
  for (let at = 3; at < CODE_LENGTH; at++) {
    const counts = new Map<string, number>();
    for (const code of codes) counts.set(code[at] as string, (counts.get(code[at] as string) ?? 0) + 1);
    expect(counts.size).toBe(27);
    // Six standard deviations of a binomial with a mean of 400.
    for (const count of counts.values()) expect(Math.abs(count - 400)).toBeLessThan(120);
  }
});
