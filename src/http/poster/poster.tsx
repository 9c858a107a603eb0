import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { POSTER, type PosterStyle, xmlText } from "../../domain/poster.ts";
import { cssColour } from "../../domain/qr.ts";
import { type Locale, say, text, type Text } from "../../domain/text.ts";
import { wrapText } from "../../domain/wrap.ts";
import type { Poster } from "../../services/posters.ts";
import type { Logo } from "../qr/logo.ts";
import { qrSvgParts } from "../qr.ts";
import { printed } from "./printed.ts";

const WORDS = {
  organiser: text("Organised by", "组织者"),
  verified: text("verified", "已认证"),
  scan: text("Scan to see what it is and who runs it", "扫码了解群用途与组织者"),
  until: text("Valid until", "有效期至"),
  always: text("This code does not expire", "二维码长期有效"),
} as const satisfies Record<string, Text>;

/** No font is shipped: these are the usual ones with Chinese letters, on a server or on a phone. */
const FONTS =
  "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','Noto Sans',sans-serif";

const MARGIN = 56;
const ROOM = POSTER.width - 2 * MARGIN;
const QR = { side: 496, top: 572 };

type LinesProps = {
  lines: readonly string[];
  y: number;
  size: number;
  step: number;
  fill: string;
  weight?: number;
  anchor?: "start" | "middle";
};

/** Lines of one size, as parts of a text element. */
const Lines = ({ lines, y, size, step, fill, weight = 400, anchor = "start" }: LinesProps) => (
  <>
    {lines.map((line, i) => (
      <tspan
        x={anchor === "start" ? MARGIN : POSTER.width / 2}
        y={y + i * step}
        font-size={size}
        font-weight={weight}
        fill={fill}
        text-anchor={anchor}
      >
        {line}
      </tspan>
    ))}
  </>
);

/** How much wider bold letters are. */
const BOLD = 1.07;

/** Lines of text that fit the poster at a size. */
const fit = (words: string, size: number, most: number, wider = 1): string[] =>
  wrapText(xmlText(words), ROOM / (size * wider), most);

/** The instant in the campaign's own time zone, to the minute. */
const instant = (ms: number, locale: Locale, timeZone: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone }).format(ms);

type Props = {
  poster: Poster;
  locale: Locale;
  style: PosterStyle;
  /** What the code says, and what people can type instead. */
  qrText: string;
  url: string;
  logo: Logo | null;
};

const Drawing = ({ poster, locale, style, qrText, url, logo }: Props): Child => {
  const t = (words: Text) => say(words, locale);
  const [dark, light] = [cssColour(style.dark), cssColour(style.light)];
  const { communityName, campaignName, purpose, organiser, endsAt, timezone } = poster;
  const name = fit(communityName, 50, 2, BOLD);
  const band = 128 + name.length * 62;
  const code = qrSvgParts(qrText, { ...style, margin: 4 }, logo);
  const by = `${t(WORDS.organiser)} ${organiser.name}${organiser.verified === true ? ` (${t(WORDS.verified)})` : ""}`;
  const note =
    endsAt === null
      ? t(WORDS.always)
      : `${t(WORDS.until)} ${instant(endsAt, locale, timezone)} (${timezone})`;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={String(style.width)}
      height={String(Math.round((style.width * POSTER.height) / POSTER.width))}
      viewBox={`0 0 ${POSTER.width} ${POSTER.height}`}
      font-family={FONTS}
      lang={locale}
    >
      <rect width={POSTER.width} height={POSTER.height} fill={light} />
      <rect width={POSTER.width} height={band} fill={dark} />
      <svg
        x={String((POSTER.width - QR.side) / 2)}
        y={String(QR.top)}
        width={String(QR.side)}
        height={String(QR.side)}
        viewBox={`0 0 ${code.side} ${code.side}`}
        shape-rendering="crispEdges"
      >
        {raw(code.inner)}
      </svg>
      <text>
        <Lines lines={fit(campaignName, 28, 1)} y={72} size={28} step={0} fill={light} />
        <Lines lines={name} y={140} size={50} step={62} fill={light} weight={700} />
        <Lines lines={fit(purpose, 30, 4)} y={band + 62} size={30} step={44} fill={dark} />
        <Lines lines={fit(by, 26, 1, BOLD)} y={QR.top - 20} size={26} step={0} fill={dark} weight={700} />
        <Lines
          lines={fit(t(WORDS.scan), 30, 1, BOLD)}
          y={1118}
          size={30}
          step={0}
          fill={dark}
          weight={700}
          anchor="middle"
        />
        <Lines lines={fit(note, 24, 2)} y={1160} size={24} step={30} fill={dark} anchor="middle" />
        <Lines lines={fit(url, 20, 2)} y={1226} size={20} step={26} fill={dark} anchor="middle" />
      </text>
    </svg>
  );
};

/** A poster as SVG: what it is, who runs it, the code, and until when it is good. */
export const posterSvg = (props: Props): string => printed(<Drawing {...props} />);
