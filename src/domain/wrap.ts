/** Letters that are as wide as they are high. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
/** What no line may begin with, and what none may end with. */
const CLOSING = /^[、。，．！？；：）」』】》〉”’…—%,.!?;:)\]}]/u;
const OPENING = /[（「『【《〈“‘([{]$/u;

const segmenter = new Intl.Segmenter("zh", { granularity: "grapheme" });
const lettersOf = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** About how wide a letter is, in ems: there is no font to ask, so it errs on the wide side. */
function widthOf(letter: string): number {
  if (/^[0-9]$/.test(letter)) return 0.57;
  if (WIDE.test(letter)) return 1;
  if (/^[iljtfrI.,:;'!|()[\]/ ]$/.test(letter)) return 0.34;
  if (/^[mwMW@%&]$/.test(letter)) return 0.94;
  return /^[a-z]$/.test(letter) ? 0.56 : 0.7;
}

const lengthOf = (text: string): number => lettersOf(text).reduce((sum, letter) => sum + widthOf(letter), 0);

/** Text as the pieces between which a line may break: words, and single letters of Chinese. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let open = false;
  for (const letter of lettersOf(text)) {
    const last = pieces.at(-1);
    const isSpace = /^\s+$/.test(letter);
    const wide = WIDE.test(letter);
    const sticks =
      last !== undefined &&
      !isSpace &&
      last !== " " &&
      (CLOSING.test(letter) || OPENING.test(last) || (open && !wide));
    if (sticks) pieces[pieces.length - 1] = last + letter;
    else if (!isSpace || last !== " ") pieces.push(isSpace ? " " : letter);
    open = !wide && !isSpace;
  }
  return pieces;
}

/**
 * Breaks text into at most `most` lines of `width` ems: Latin at spaces, Chinese between letters but
 * never before a closing mark. What is left over is cut, and the last line ends with an ellipsis.
 */
export function wrapText(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r?\n/)) {
    let line = "";
    for (const piece of piecesOf(paragraph.trim())) {
      if (lengthOf((line + piece).trimEnd()) <= width) {
        line += piece;
        continue;
      }
      if (line !== "") lines.push(line);
      line = piece;
      while (lengthOf(line) > width) {
        const head = cut(line, width);
        lines.push(head);
        line = line.slice(head.length);
      }
      if (lines.length > most) break;
    }
    if (line !== "") lines.push(`${line} `);
    if (lines.length > most) break;
  }
  const kept = lines.slice(0, most).map((line) => line.trimEnd());
  if (lines.length > most) {
    const rest = lines.slice(most - 1).join("");
    kept[most - 1] = `${cut(rest, width - 1).trimEnd()}…`;
  }
  return kept;
}

/** The longest beginning of a text that fits; one letter at the least. */
function cut(text: string, width: number): string {
  let [head, length] = ["", 0];
  for (const letter of lettersOf(text)) {
    length += widthOf(letter);
    if (length > width && head !== "") break;
    head += letter;
  }
  return head;
}
