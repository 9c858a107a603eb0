/**
 * Crockford's base32 (https://www.crockford.com/base32.html), written in lower case: no i, l, o, u.
 * Decoding takes any case and reads the look-alikes (o as 0, i and l as 1).
 */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Bytes to base32, 5 bits a character, the last one padded with zero bits. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(buffer << (5 - bits)) & 31] : text;
}

/** Every two digits: boards write hundreds of ids an answer, and two at a time is four times as fast. */
const PAIRS = Array.from({ length: 1024 }, (_, i) => `${ALPHABET[i >> 5]}${ALPHABET[i & 31]}`);
const pair = (bits: number): string => PAIRS[bits & 1023] as string;

/** A non-negative safe integer as `length` base32 digits (11 at the most), so that text order is number order. */
export function encodeInteger(value: number, length: number): string {
  // Halves of 30 bits at the most: on those, shifts are exact and fast.
  const high = Math.floor(value / 2 ** 30);
  const low = value - high * 2 ** 30;
  const text = `${ALPHABET[high >> 20]}${pair(high >> 10)}${pair(high)}${pair(low >> 20)}${pair(low >> 10)}${pair(low)}`;
  return length === text.length ? text : text.slice(-length);
}

/** The integer that `encodeInteger` wrote, or null when the text is not base32 or passes 2^53 - 1. */
export function decodeInteger(text: string): number | null {
  let value = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return null;
    value = value * 32 + digit;
  }
  return Number.isSafeInteger(value) ? value : null;
}

/**
 * Folds what people type: upper case, look-alikes, spaces and hyphens.
 * Returns canonical lower-case base32, or null when some character cannot belong to one.
 */
export function canonicalBase32(text: string): string | null {
  const folded = text.toLowerCase().replace(/[\s-]/g, "").replace(/o/g, "0").replace(/[il]/g, "1");
  return /^[0-9a-hjkmnp-tv-z]*$/.test(folded) ? folded : null;
}
