import { escapeToBuffer, type HtmlEscapedString } from "hono/utils/html";
import type { Landing } from "../../services/arrivals.ts";
import { LandingPage, type Own, type Props } from "./landing.tsx";

/**
 * A landing page that is written once for all visitors of a campaign: its parts in turn with the names
 * of what differs. It holds nothing of anybody.
 */
type Pattern = { parts: Uint8Array[]; names: (keyof Own)[]; bytes: number };

/** Around a name where a visitor's own value will stand: no text that is stored has such characters. */
const [OPEN, CLOSE] = ["\u0001", "\u0002"];
const MARK = /\u0001(\w+)\u0002/;

const encoder = new TextEncoder();

/** The pattern of a page, by the page itself with marks in it; null where it would not be that page. */
function patternOf({ own, ...props }: Props): Pattern | null {
  const names = (Object.keys(own) as (keyof Own)[]).filter((name) => own[name] !== null);
  const marks = Object.fromEntries(names.map((name) => [name, OPEN + name + CLOSE]));
  const pieces = render({ ...props, own: { ...own, ...marks } }).split(MARK);
  const found = pieces.filter((_, i) => i % 2 === 1) as (keyof Own)[];
  if ([...found].sort().join() !== [...names].sort().join()) return null;
  const parts = pieces.filter((_, i) => i % 2 === 0).map((piece) => encoder.encode(piece));
  return { parts, names: found, bytes: parts.reduce((sum, { length }) => sum + length, 0) };
}

/** Patterns that are kept, in bytes all together; then it begins anew. */
const MAX_KEPT = 8_000_000;

type Patterns = WeakMap<Landing["about"], Map<string, Pattern | null>>;
let patterns: Patterns = new WeakMap();
let kept = 0;

/** The kept pattern for everything that a page depends on, but for the visitor's own. */
function keptPattern(props: Props): Pattern | null {
  const { about, own, human, locale, full, identity } = props;
  const check =
    human === null ? "" : `${human.by}${human.difficulty} ${own.challenge === null} ${own.nonce === null}`;
  const key = `${locale} ${identity} ${full} ${own.inviter === null} ${own.pass === null} ${own.contact === null} ${check}`;
  let known = patterns.get(about)?.get(key);
  if (known === undefined) {
    known = patternOf(props);
    kept += known?.bytes ?? 0;
    if (kept > MAX_KEPT) {
      patterns = new WeakMap();
      kept = known?.bytes ?? 0;
    }
    const forms = patterns.get(about) ?? new Map<string, Pattern | null>();
    patterns.set(about, forms.set(key, known));
  }
  return known;
}

const escaped = (text: string): string => {
  const buffer: [string] = [""];
  escapeToBuffer(text, buffer);
  return buffer[0];
};

const render = (props: Props): string => (LandingPage(props) as HtmlEscapedString).toString();

/** The landing page as UTF-8: `LandingPage`, but only what is the visitor's own is written each time. */
export function landingHtml(props: Props): Uint8Array<ArrayBuffer> {
  const pattern = keptPattern(props);
  if (pattern === null) return encoder.encode(render(props));
  const { parts, names, bytes } = pattern;
  const values = names.map((name) => escaped(props.own[name] ?? ""));
  // A UTF-16 unit takes three bytes at the most.
  const room = values.reduce((sum, { length }) => sum + 3 * length, bytes);
  const page = new Uint8Array(room);
  let at = 0;
  for (const [i, part] of parts.entries()) {
    page.set(part, at);
    at += part.length;
    const value = values[i];
    if (value !== undefined) at += encoder.encodeInto(value, page.subarray(at)).written;
  }
  return page.subarray(0, at);
}
