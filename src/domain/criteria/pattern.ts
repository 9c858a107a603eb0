/** Signs of a pattern, at the most. */
export const MAX_PATTERN = 64;

/** Characters of a text that are held against a pattern, at the most; a longer one does not match. */
export const MAX_MATCHED = 2000;

/** One sign: any run of characters, one that is meant, or one out of ranges, or out of all others. */
type Sign = "run" | { literal: string } | Class;
type Class = { ranges: readonly (readonly [from: string, to: string])[]; not: boolean };

/** A pattern, read. */
export type Pattern = readonly Sign[];

const ANY: Sign = { ranges: [], not: true };

/**
 * Reads a pattern: `*` any run of characters, `?` one character, `[a-z0-9]` one of these, `[!a-z]` one of
 * all others, `\` before a sign that is meant literally; all else is literal. Null for what is none.
 */
export function readPattern(source: string): Pattern | null {
  const signs: Sign[] = [];
  const characters = Array.from(source);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string;
    if (character === "*") {
      if (signs.at(-1) !== "run") signs.push("run");
    } else if (character === "?") signs.push(ANY);
    else if (character === "[") {
      const end = characters.indexOf("]", at + 1);
      const found = end === -1 ? null : readClass(characters.slice(at + 1, end));
      if (found === null) return null;
      signs.push(found);
      at = end;
    } else if (character === "\\") {
      const meant = characters[++at];
      if (meant === undefined) return null;
      signs.push({ literal: meant });
    } else signs.push({ literal: character });
  }
  return signs.length === 0 || signs.length > MAX_PATTERN ? null : signs;
}

function readClass(inside: readonly string[]): Class | null {
  const not = inside[0] === "!";
  const members = not ? inside.slice(1) : inside;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at] as string;
    const isRange = members[at + 1] === "-" && at + 2 < members.length;
    const to = isRange ? (members[at + 2] as string) : from;
    if (to < from) return null;
    if (isRange) at += 2;
    ranges.push([from, to]);
  }
  return ranges.length === 0 ? null : { ranges, not };
}

function fits(sign: Exclude<Sign, "run">, character: string): boolean {
  if ("literal" in sign) return sign.literal === character;
  for (const [from, to] of sign.ranges) if (from <= character && character <= to) return !sign.not;
  return sign.not;
}

/**
 * Whether a whole text matches. Never more steps than the text's length times the pattern's: where a text
 * does not go on, only the last run before it is made longer, for longer earlier ones cannot do better.
 */
export function matches(pattern: Pattern, text: string): boolean {
  if (text.length > MAX_MATCHED) return false;
  const characters = /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
  let at = 0;
  let sign = 0;
  let run: { sign: number; end: number } | null = null;
  while (at < characters.length) {
    const wanted = pattern[sign];
    if (wanted === "run") run = { sign: sign++, end: at };
    else if (wanted !== undefined && fits(wanted, characters[at] as string)) {
      at++;
      sign++;
    } else if (run !== null) {
      at = ++run.end;
      sign = run.sign + 1;
    } else return false;
  }
  while (pattern[sign] === "run") sign++;
  return sign === pattern.length;
}
