/**
 * The screen's own script, for old browsers too: ES5, no promise, no fetch. It holds the codes of the
 * next steps, shows each in its time by the server's clock, and says so when the network is gone.
 * The clock that it keeps is never ahead of the server's: no code is shown before it is good.
 */
export const SCREEN_SCRIPT = `(function(){
function el(id){return document.getElementById(id)}
var words=JSON.parse(el("words").textContent),note=el("note"),box=el("code"),bar=el("bar").firstElementChild,
state=null,skew=null,shown="",lost=false,gone="",asking=false,timer=0;
function set(id,value){el(id).textContent=value==null?"":String(value)}
function now(){return Date.now()+skew}
function empty(){while(box.firstChild)box.removeChild(box.firstChild);box.removeAttribute("data-url");shown=""}
function show(code){
  if(code.token===shown)return;
  shown=code.token;
  var image=new Image();image.alt="QR";
  image.onload=function(){
    if(code.token!==shown)return;
    if(box.firstChild)box.replaceChild(image,box.firstChild);else box.appendChild(image);
    box.setAttribute("data-url",code.url)};
  image.onerror=function(){shown=""};
  image.src="data:image/svg+xml;charset=utf-8,"+encodeURIComponent(code.svg)}
function draw(){
  var current=null,text="",t,i,code;
  if(state){
    t=now();
    for(i=0;i<state.codes.length;i++){code=state.codes[i];if(code.from<=t&&t<code.until)current=code}
    if(current){show(current);bar.style.width=Math.max(0,100-(t-current.from)/(state.periodSeconds*10))+"%"}
    if(state.closed)text=words[state.closed]||words.closed;
    else if(!current)text=words.stale}
  if(gone)text=words[gone];
  else if(lost&&!text)text=words.lost;
  document.body.className=current?"":"stale";
  if(note.textContent!==text)note.textContent=text}
function apply(answer,sent){
  var least=answer.now-Date.now(),most=answer.now-sent;
  if(skew===null||skew<least||skew>most)skew=least;
  state=answer;lost=false;gone="";
  set("community",answer.community);set("campaign",answer.campaign);set("group",answer.group);
  set("seats",answer.seatsLeft);set("joined",answer.joined);
  if(answer.closed)empty();
  draw();
  var period=answer.periodSeconds*1000;
  wait(Math.max(500,Math.min(15000,period-now()%period+50+Math.random()*300)))}
function wait(ms){clearTimeout(timer);timer=setTimeout(ask,ms)}
function failed(){asking=false;lost=true;draw();wait(2000)}
function answered(request,sent){
  var answer=null;
  asking=false;
  try{answer=JSON.parse(request.responseText)}catch(error){}
  if(request.status===200&&answer&&answer.codes)apply(answer,sent);
  else if(answer&&words[answer.code]&&(request.status===404||request.status===409)){
    state=null;lost=false;gone=answer.code;empty();draw();wait(30000)}
  else failed()}
function ask(){
  if(asking)return;
  asking=true;clearTimeout(timer);
  var request=new XMLHttpRequest(),sent=Date.now();
  request.open("GET",location.pathname,true);request.setRequestHeader("Accept","application/json");request.timeout=8000;
  request.onload=function(){answered(request,sent)};
  request.onerror=request.ontimeout=request.onabort=failed;
  request.send()}
setInterval(draw,250);
window.addEventListener("online",ask);
window.addEventListener("offline",function(){lost=true;draw()});
document.addEventListener("visibilitychange",function(){if(!document.hidden){draw();ask()}});
ask();
})();`;
