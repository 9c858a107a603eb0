import { raw } from "hono/html";
import { type Locale, say, text } from "../../domain/text.ts";

const WORDS = {
  scan: text("Scan to join", "扫码加入"),
  seats: text("seats left", "剩余名额"),
  joined: text("joined", "已加入"),
  lost: text("Connection lost. Trying again…", "网络已断开，正在重连…"),
  stale: text("This code is too old. Waiting for the network…", "二维码已过期，正在等待网络…"),
  closed: text("The door is closed.", "当前未开放。"),
  gone: text("This screen is no longer in use.", "该展示页面已停用。"),
};

const CSS = `
html,body{height:100%;margin:0}body{background:#fff;color:#10161d;font-family:-apple-system,"Segoe UI",Roboto,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;display:flex;flex-direction:column;align-items:center;justify-content:center;text-align:center}
h1{font-size:4vh;margin:0 2vw}p{font-size:2.6vh;margin:1vh 0;color:#445}
#code{width:68vh;height:68vh;max-width:92vw;max-height:92vw;margin:1.5vh auto}
#code img{width:100%;height:100%;display:block}
.stale #code{opacity:.12}
#bar{width:40vh;height:.8vh;background:#e4e8ee;border-radius:9px;overflow:hidden}#bar i{display:block;height:100%;width:0;background:#0a7d4b}
#note{min-height:4vh;font-size:2.8vh;font-weight:700;color:#a8321f}
b{color:#10161d}`;

/**
 * The screen's own script, for old browsers too: no module, no promise, no arrow. It keeps the codes of
 * the next steps, shows each in its time by the server's clock, and says so when the network is gone.
 */
const SCRIPT = `(function(){
var words=JSON.parse(document.getElementById("words").textContent),note=document.getElementById("note"),
box=document.getElementById("code"),bar=document.getElementById("bar").firstChild,state=null,skew=0,shown="",failing=false;
function set(id,value){document.getElementById(id).textContent=value==null?"":String(value)}
function now(){return Date.now()+skew}
function show(code){
  if(code.token===shown)return;
  var image=new Image();image.alt="QR";
  image.onload=function(){while(box.firstChild)box.removeChild(box.firstChild);box.appendChild(image);box.setAttribute("data-url",code.url)};
  image.src="data:image/svg+xml;charset=utf-8,"+encodeURIComponent(code.svg);shown=code.token}
function draw(){
  if(!state)return;
  var t=now(),current=null,last=null,i;
  for(i=0;i<state.codes.length;i++){last=state.codes[i];if(last.from<=t&&t<last.from+state.periodSeconds*1000)current=last}
  if(!current&&last&&t>=last.from&&t<last.until)current=last;
  if(current){show(current);bar.style.width=Math.max(0,100-(t-current.from)/(state.periodSeconds*10))+"%"}
  document.body.className=current||state.closed?"":"stale";
  note.textContent=state.closed?words.closed:!current?words.stale:failing?words.lost:""}
function apply(answer,sent){
  state=answer;skew=answer.now-(sent+Date.now())/2;failing=false;
  set("community",answer.community);set("group",answer.group);set("seats",answer.seatsLeft);set("joined",answer.joined);
  if(answer.closed){while(box.firstChild)box.removeChild(box.firstChild);shown=""}
  draw()}
function ask(){
  var request=new XMLHttpRequest(),sent=Date.now();
  request.open("GET",location.pathname);request.setRequestHeader("Accept","application/json");request.timeout=8000;
  request.onload=function(){
    if(request.status===200){apply(JSON.parse(request.responseText),sent);later()}
    else if(request.status===404||request.status===409){state=null;document.body.className="stale";note.textContent=words.gone;setTimeout(ask,30000)}
    else failed()};
  request.onerror=request.ontimeout=failed;request.send()}
function failed(){failing=true;draw();setTimeout(ask,2000)}
function later(){
  var period=state.periodSeconds*1000,wait=period-(now()%period)+50+Math.random()*300;
  setTimeout(ask,Math.max(500,wait))}
setInterval(draw,250);
window.addEventListener("online",function(){if(failing)ask()});
window.addEventListener("offline",function(){failing=true;draw()});
ask();
})();`;

type Props = { locale: Locale; nonce: string };

/** A full screen for a host to project. It holds no code when it is served: the script fetches them. */
export const ScreenPage = ({ locale, nonce }: Props) => {
  const words = {
    lost: say(WORDS.lost, locale),
    stale: say(WORDS.stale, locale),
    closed: say(WORDS.closed, locale),
    gone: say(WORDS.gone, locale),
  };
  return (
    <>
      {raw("<!doctype html>")}
      <html lang={locale}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{say(WORDS.scan, locale)}</title>
          <style>{raw(CSS)}</style>
        </head>
        <body>
          <h1 id="community"></h1>
          <p>
            {say(WORDS.scan, locale)} · <span id="group"></span>
          </p>
          <div id="code"></div>
          <div id="bar">
            <i></i>
          </div>
          <div id="note"></div>
          <p>
            <b id="seats"></b> {say(WORDS.seats, locale)} · <b id="joined"></b> {say(WORDS.joined, locale)}
          </p>
          <script id="words" type="application/json" nonce={nonce}>
            {raw(JSON.stringify(words))}
          </script>
          <script nonce={nonce}>{raw(SCRIPT)}</script>
        </body>
      </html>
    </>
  );
};
