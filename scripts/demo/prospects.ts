/** Who shows the QR code: the marketer's n-th channel, or an earlier prospect. */
export type Source = { channel: number } | { prospect: number };

/** What people do at the gate. All but the last are somebody's first visit. */
export type Act =
  | "joins"
  | "joins with an access code"
  | "is refused"
  | "corrects the answer"
  | "sends it again"
  | "taps twice"
  | "scans two codes at once"
  | "comes again by another";

/** One arrival. `rival` is the second code of those who scan two at once. */
export type Visit = { prospect: number; from: Source; rival?: Source; act: Act };

/** `phone` is what their browser calls itself: no two are alike, so that each is one visitor. */
export type Prospect = { name: string; email: string; phone: string };

export type Plan = { prospects: Prospect[]; visits: Visit[] };

export const SEED = 20_261_121;
export const PROSPECTS = 2_000;
export const CHANNELS = ["poster", "live stream", "newsletter"];

/** Of those who do not simply join, how many in a thousand do what. */
const HABITS: [Act, number][] = [
  ["is refused", 60],
  ["joins with an access code", 80],
  ["corrects the answer", 50],
  ["sends it again", 60],
  ["taps twice", 40],
  ["scans two codes at once", 20],
];
const COMES_AGAIN = 0.07;

/** The first come by the channels; of the rest, the share by a channel, and else by just anybody. */
const FIRST = 20;
const BY_CHANNEL = 0.03;
const BY_ANYBODY = 0.35;

const NAMES =
  "Ana Bo Chen Dai Eli Fen Gus Hua Ida Jun Kai Lin Mei Ning Ola Pia Qi Rui Sol Tao Uma Vic Wen Xia Yan Zoe";

/** WeChat's in-app browser on an Android phone, of a build of its own. */
const phone = (n: number): string =>
  "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 " +
  `Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50.${10_000 + n} NetType/4G`;

/** Mulberry32: the same numbers from 0 up to 1 for the same seed, on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The whole crowd, from the seed alone. Most people scan the code of somebody chosen in proportion to
 * the people whom they brought already (preferential attachment): few bring very many, most nobody.
 */
export function planCrowd(seed = SEED, count = PROSPECTS): Plan {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const names = NAMES.split(" ");

  const prospects: Prospect[] = [];
  const visits: Visit[] = [];
  const members: number[] = [];
  /** Each inviter once for everybody whom they brought: a fair pick from it favours the successful. */
  const credits: number[] = [];
  const anySource = (): Source => {
    if (prospects.length < FIRST || random() < BY_CHANNEL)
      return { channel: Math.floor(random() * CHANNELS.length) };
    const anybody = credits.length === 0 || random() < BY_ANYBODY;
    return { prospect: pick(anybody ? members : credits) };
  };
  /** Somebody else than `not`, and not the prospect themselves. */
  const otherSource = (not: Source, prospect: number): Source => {
    const key = JSON.stringify(not);
    for (;;) {
      const source = anySource();
      const self = "prospect" in source && source.prospect === prospect;
      if (!self && JSON.stringify(source) !== key) return source;
    }
  };
  const habit = (): Act => {
    let at = random() * 1000;
    for (const [act, share] of HABITS) {
      if (at < share) return act;
      at -= share;
    }
    return "joins";
  };

  let returning: { due: number; prospect: number; first: Source }[] = [];
  const comeBack = (now: number) => {
    for (const { prospect, first } of returning.filter(({ due }) => due <= now)) {
      visits.push({ prospect, from: otherSource(first, prospect), act: "comes again by another" });
    }
    returning = returning.filter(({ due }) => due > now);
  };
  for (let i = 0; i < count; i++) {
    const from = anySource();
    const name = `${pick(names)} ${String(i + 1).padStart(4, "0")}`;
    const email = `${name.replace(" ", ".").toLowerCase()}@example.com`;
    prospects.push({ name, email, phone: phone(i) });
    const act = habit();
    const rival = act === "scans two codes at once" ? { rival: otherSource(from, i) } : {};
    visits.push({ prospect: i, from, act, ...rival });
    comeBack(i);
    if (act === "is refused") continue;
    members.push(i);
    if ("prospect" in from) credits.push(from.prospect);
    // Nobody scans the same code twice: then each page that is opened is one scan.
    if (act === "scans two codes at once") continue;
    // Late enough that some come back by the code of a person whom they brought themselves.
    if (random() < COMES_AGAIN)
      returning.push({ due: i + 1 + Math.floor(random() * 300), prospect: i, first: from });
  }
  comeBack(Number.POSITIVE_INFINITY);
  return { prospects, visits };
}
