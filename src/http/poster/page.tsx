import { raw } from "hono/html";
import type { Locale } from "../../domain/text.ts";
import { say, text } from "../../domain/text.ts";

const WORDS = {
  title: text("Poster", "海报"),
  save: text("Save as PNG", "保存为 PNG"),
};

/** Draws the SVG on a canvas, whose PNG the link then holds. Plain enough for an old browser. */
export const SCRIPT = `(function () {
  var image = document.getElementById("poster");
  var link = document.getElementById("save");
  function draw() {
    var canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    link.href = canvas.toDataURL("image/png");
    link.hidden = false;
  }
  if (image.complete) draw(); else image.onload = draw;
})();`;

type Props = { svgUrl: string; name: string; locale: Locale };

/** A page that needs nothing but itself: saved to a file, it still draws the poster. */
export const PosterPage = ({ svgUrl, name, locale }: Props) => (
  <>
    {raw("<!doctype html>")}
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>{say(WORDS.title, locale)}</title>
        <style>
          {raw("body{margin:1rem;font:16px sans-serif;text-align:center}img{max-width:100%;height:auto}")}
        </style>
      </head>
      <body>
        <p>
          <a id="save" download={`${name}.png`} hidden>
            {say(WORDS.save, locale)}
          </a>
        </p>
        <img id="poster" src={svgUrl} alt={say(WORDS.title, locale)} />
        <script>{raw(SCRIPT)}</script>
      </body>
    </html>
  </>
);
