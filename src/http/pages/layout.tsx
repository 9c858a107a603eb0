import type { Child } from "hono/jsx";
import { raw } from "hono/html";
import type { Locale } from "../../domain/text.ts";

/** One small sheet for every page: no script, no font, no request beside the page itself. */
const CSS = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#dde3ea;--paper:#fff;--back:#f3f5f8;--go:#0a7d4b;--bad:#a8321f;--wait:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf3;--soft:#9aa6b5;--line:#2c3642;--paper:#171d25;--back:#0e1319;--go:#3fbf85;--bad:#ff8d78;--wait:#f0b44c}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
main{max-width:34rem;margin:0 auto;padding:1rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:1.1rem 1.2rem;margin:0 0 1rem}
h1{font-size:1.45rem;line-height:1.25;margin:.1rem 0 .4rem}h2{font-size:1rem;margin:0 0 .5rem}p+h2{margin-top:1.1rem}
p{margin:.35rem 0}.text{white-space:pre-line}.apart{margin-top:.9rem}.soft{color:var(--soft);font-size:.92rem}
dl{margin:.8rem 0 0;display:grid;grid-template-columns:auto 1fr;gap:.4rem .9rem}dt{color:var(--soft)}dd{margin:0}
@media(max-width:26rem){dl{grid-template-columns:1fr;gap:0}dt{font-size:.92rem}dd+dt{margin-top:.55rem}}
ul,ol{margin:.2rem 0;padding-left:1.3em}dd ol{margin:0;padding-left:1.05em}
label{display:block;margin:.8rem 0 .25rem;font-weight:600}
input:not([type=checkbox]),select,textarea{width:100%;font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:10px;padding:.7rem .8rem}
[aria-invalid]{border-color:var(--bad)!important}
details{margin-top:.6rem}
.row{display:grid;grid-template-columns:7.5rem 1fr;gap:.5rem}
.check{display:flex;gap:.6rem;align-items:flex-start;font-weight:400}.check input{width:1.3rem;height:1.3rem;margin:.1rem 0 0;flex:none}
button,.go{display:block;width:100%;margin-top:1.1rem;padding:.85rem;border:0;border-radius:12px;background:var(--go);color:#fff;font:inherit;font-weight:700;text-align:center;text-decoration:none;cursor:pointer}
@media(prefers-color-scheme:dark){button,.go{color:#06180f}}
.plain{margin-top:.5rem;padding:.65rem;background:none;border:1px solid var(--go);color:var(--go)}.unseen{position:absolute;left:-9999px;width:1px}
.badge{display:inline-block;padding:.1rem .55rem;border-radius:99px;border:1px solid var(--line);font-size:.85rem}
.verified{color:var(--go);border-color:currentColor}
.fail{color:var(--bad)}.pending{color:var(--wait)}.pass{color:var(--go)}
.steps{list-style:none;padding:0}.steps li{display:flex;gap:.6rem;margin:.35rem 0}
.qr{display:block;width:min(100%,16rem);margin:.6rem auto;border-radius:10px}
.hero{width:100%;max-height:12rem;object-fit:cover;border-radius:10px;margin-bottom:.7rem}
.figures{display:flex;gap:1.5rem}.figures b{display:block;font-size:1.5rem;line-height:1.2}
code{font-size:1.05em;letter-spacing:.05em}
nav{text-align:right;font-size:.9rem;margin-bottom:.5rem}a{color:inherit}
`;

type Props = {
  locale: Locale;
  title: string;
  /** Where the language link leads; null where the page has no address of its own. */
  path: string | null;
  children: Child;
  refreshSeconds?: number | null;
};

/** The frame of every page. */
export const Layout = ({ locale, title, path, children, refreshSeconds }: Props) => (
  <>
    {raw("<!doctype html>")}
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        {refreshSeconds && <meta http-equiv="refresh" content={String(refreshSeconds)} />}
        <title>{title}</title>
        <style>{raw(CSS)}</style>
      </head>
      <body>
        <main>
          {path !== null && <OtherLanguage locale={locale} path={path} />}
          {children}
        </main>
      </body>
    </html>
  </>
);

const OtherLanguage = ({ locale, path }: { locale: Locale; path: string }) => {
  const [lang, name] = locale === "en" ? ["zh-CN", "中文"] : ["en", "English"];
  return (
    <nav>
      <a href={`${path}?lang=${lang}`} lang={lang}>
        {name}
      </a>
    </nav>
  );
};
