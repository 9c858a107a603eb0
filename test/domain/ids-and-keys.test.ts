import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalBase32, decodeInteger, encodeBase32, encodeInteger } from "../../src/domain/base32.ts";
import { formatId, idCandidate, parseId } from "../../src/domain/id.ts";
import { CODE_BYTES, CODE_LENGTH, canonicalCode, codeText } from "../../src/domain/invite.ts";
import { isKeyText, KEY_BYTES, keyText } from "../../src/domain/key.ts";
import { decodeCursor, encodeCursor } from "../../src/domain/page.ts";

const safe = fc.nat({ max: Number.MAX_SAFE_INTEGER });

test("ids come back, sort as their numbers do, and belong to one kind", () => {
  fc.assert(
    fc.property(safe, safe, (a, b) => {
      expect(parseId("campaign", formatId("campaign", a))).toBe(a);
      expect(parseId("group", formatId("campaign", a))).toBeNull();
      expect(Math.sign(a - b)).toBe(formatId("group", a) < formatId("group", b) ? -1 : a === b ? 0 : 1);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => parseId("campaign", text) === null || text.startsWith("cmp_")),
  );
  expect(idCandidate(Date.parse("2100-01-01"), 2047)).toBeLessThan(Number.MAX_SAFE_INTEGER);
  expect(idCandidate(0, 0)).toBe(0);
});

test("base32 is Crockford's, and forgives what people type", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
      const number = bytes.reduce((value, byte) => value * 256 + byte, 0);
      expect(decodeInteger(encodeBase32(bytes).slice(0, 9))).toBe(Math.floor(number / 8));
      expect(decodeInteger(encodeInteger(number, 11))).toBe(number);
      for (let length = 1; length < 11; length++)
        expect(encodeInteger(number, length)).toBe(encodeInteger(number, 11).slice(-length));
    }),
  );
  expect(canonicalBase32("O1-iL 0")).toBe("01110");
  expect(canonicalBase32("u")).toBeNull();
});

test("keys carry a checksum that finds any wrong character", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: KEY_BYTES, maxLength: KEY_BYTES }),
      fc.nat(31),
      fc.nat(30),
      (bytes, at, shift) => {
        const key = keyText(bytes);
        expect(isKeyText(key)).toBe(true);
        const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
        const old = key[4 + at] as string;
        const wrong = alphabet[(alphabet.indexOf(old) + 1 + shift) % 32] as string;
        if (wrong !== old) expect(isKeyText(key.slice(0, 4 + at) + wrong + key.slice(5 + at))).toBe(false);
      },
    ),
  );
});

test("codes are fair, canonical in any case, and spell nothing", () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: CODE_BYTES, maxLength: CODE_BYTES }), (bytes) => {
      const code = codeText(bytes);
      if (code === null) return;
      expect(code).toHaveLength(CODE_LENGTH);
      expect(canonicalCode(` ${code.slice(0, 5).toUpperCase()}-${code.slice(5)}`)).toBe(code);
      expect(code).not.toMatch(/[aeiouyl01]/);
      for (const character of code) counts.set(character, (counts.get(character) ?? 0) + 1);
    }),
    { numRuns: 2000 },
  );
  expect(counts.size).toBe(27);
  expect(canonicalCode("0000000000o")).toBeNull();
});

test("cursors come back, and nothing else is one", () => {
  fc.assert(
    fc.property(fc.constantFrom("after", "before"), fc.stringMatching(/^[!-~]{1,100}$/), (direction, key) => {
      expect(decodeCursor(encodeCursor({ direction, key }))).toEqual({ direction, key });
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const position = decodeCursor(text);
      if (position !== null) expect(["after", "before"]).toContain(position.direction);
    }),
  );
});
