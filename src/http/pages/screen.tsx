import { raw } from "hono/html";
import { type Locale, say, text } from "../../domain/text.ts";
import { SCREEN_SCRIPT } from "./screen-script.ts";
import { PROBLEM_WORDS } from "./words.ts";

const WORDS = {
  scan: text("Scan to join", "扫码加入"),
  seats: text("seats left", "剩余名额"),
  joined: text("joined", "已加入"),
  turns: text(
    "The code changes by itself: a photo of it soon stops working.",
    "二维码会自动更新，截图很快失效。",
  ),
};

/** What the script may have to say, by the reason that the server gives. */
const NOTES = {
  lost: text("Connection lost. Trying again…", "网络已断开，正在重连…"),
  stale: text("This code is too old. Waiting for the network…", "二维码已过期，正在等待网络…"),
  closed: text("The door is closed.", "当前未开放。"),
  display_not_found: text("This screen is no longer in use.", "该展示页面已停用。"),
  not_rotating: text("This screen is no longer in use.", "该展示页面已停用。"),
};

const REASONS = [
  "campaign_not_open",
  "campaign_paused",
  "campaign_over",
  "invite_revoked",
  "invite_not_started",
  "invite_expired",
  "invite_used_up",
] as const;

/** Sizes follow the smaller side, so that a projector, a television and a phone all show one large code. */
const CSS = `
html,body{height:100%;margin:0}
body{background:#fff;color:#10161d;font-family:-apple-system,"Segoe UI",Roboto,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;font-size:2.6vmin;line-height:1.3;display:flex;flex-direction:column;align-items:center;justify-content:center;text-align:center;overflow:hidden}
h1{font-size:5.4vmin;line-height:1.15;margin:0}p{margin:.5em 0}
#side{padding:0 4vmin;max-width:90vw}
#call{font-size:4vmin;font-weight:700;color:#0a7d4b;margin:.7em 0 .2em}
.soft{color:#556270}
#code{width:62vmin;height:62vmin;margin:2vmin}
#code img{width:100%;height:100%;display:block}
.stale #code{opacity:.12}
#bar{width:54vmin;height:1vmin;margin:0 auto;background:#e4e8ee;border-radius:1vmin;overflow:hidden}
#bar i{display:block;height:100%;width:0;background:#0a7d4b;-webkit-transition:width .25s linear;transition:width .25s linear}
.stale #bar{visibility:hidden}
#figures{display:flex;justify-content:center;margin:3vmin 0 2vmin}#figures span{margin:0 3vmin;color:#556270}
#figures b{display:block;font-size:8vmin;line-height:1.1;color:#10161d}
#note{min-height:2.6em;font-size:3vmin;font-weight:700;color:#a8321f;margin-top:1em}
@media(min-aspect-ratio:4/3){body{flex-direction:row}#code{width:84vmin;height:84vmin;margin:3vmin 3vmin 2vmin}
#bar{width:70vmin}#side{flex:1;max-width:75vmin}}
@media(min-aspect-ratio:3/2){#code{width:94vmin;height:94vmin;margin:0 1vmin}#bar{width:76vmin}}`;

type Props = { locale: Locale; nonce: string };

/** A full screen for a host to project. It holds no code when it is served: the script fetches them. */
export const ScreenPage = ({ locale, nonce }: Props) => {
  const sayings = [...Object.entries(NOTES), ...REASONS.map((code) => [code, PROBLEM_WORDS[code]] as const)];
  const words = Object.fromEntries(sayings.map(([code, words]) => [code, words && say(words, locale)]));
  return (
    <>
      {raw("<!doctype html>")}
      <html lang={locale}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="robots" content="noindex" />
          <link rel="icon" href="data:," />
          <title>{say(WORDS.scan, locale)}</title>
          <style>{raw(CSS)}</style>
        </head>
        <body>
          <div>
            <div id="code"></div>
            <div id="bar">
              <i></i>
            </div>
          </div>
          <div id="side">
            <h1 id="community"></h1>
            <p id="campaign" class="soft"></p>
            <p id="call">{say(WORDS.scan, locale)}</p>
            <p id="group"></p>
            <div id="figures">
              <span>
                <b id="seats"></b> {say(WORDS.seats, locale)}
              </span>
              <span>
                <b id="joined"></b> {say(WORDS.joined, locale)}
              </span>
            </div>
            <p class="soft">{say(WORDS.turns, locale)}</p>
            <div id="note" role="status"></div>
          </div>
          <script id="words" type="application/json" nonce={nonce}>
            {raw(JSON.stringify(words))}
          </script>
          <script nonce={nonce}>{raw(SCREEN_SCRIPT)}</script>
        </body>
      </html>
    </>
  );
};
