/**
 * The gate form's own script, for old browsers too (ES5): SHA-256 by itself, for not every in-app browser
 * has another, in slices of a few milliseconds, so that the page stays alive. It begins while the rest of
 * the form is filled in; a form that is sent too early waits for it.
 */
export const PROOF_SCRIPT = `(function(){
var field=document.getElementById("proof"),note=document.getElementById("checking"),form=field.form,
type=form.elements["identity.type"],value=form.elements["identity.value"],
challenge=field.getAttribute("data-challenge"),bits=+field.getAttribute("data-bits"),
K=[],H=[],W=new Int32Array(64),n=0,p,i,pending=null,clicked=null,running="",solved="",timer=0;
for(p=2;n<64;p++){for(i=2;i*i<=p;i++)if(p%i===0)break;if(i*i>p){if(n<8)H[n]=part(Math.sqrt(p));K[n++]=part(Math.pow(p,1/3))}}
K=new Int32Array(K);
function part(x){return((x-Math.floor(x))*4294967296)|0}
function round(s,o){
  var a=s[0],b=s[1],c=s[2],d=s[3],e=s[4],f=s[5],g=s[6],h=s[7],i,x,y,t,u;
  for(i=0;i<64;i++){
    if(i>15){x=W[i-15];y=W[i-2];
      W[i]=(W[i-16]+W[i-7]+((x>>>7|x<<25)^(x>>>18|x<<14)^(x>>>3))+((y>>>17|y<<15)^(y>>>19|y<<13)^(y>>>10)))|0}
    t=(h+((e>>>6|e<<26)^(e>>>11|e<<21)^(e>>>25|e<<7))+((e&f)^(~e&g))+K[i]+W[i])|0;
    u=(((a>>>2|a<<30)^(a>>>13|a<<19)^(a>>>22|a<<10))+((a&b)^(a&c)^(b&c)))|0;
    h=g;g=f;f=e;e=(d+t)|0;d=c;c=b;b=a;a=(t+u)|0}
  o[0]=(s[0]+a)|0;o[1]=(s[1]+b)|0;o[2]=(s[2]+c)|0;o[3]=(s[3]+d)|0;o[4]=(s[4]+e)|0;o[5]=(s[5]+f)|0;o[6]=(s[6]+g)|0;o[7]=(s[7]+h)|0;
  return o}
function load(text,from,length,before){
  var i,at;
  for(i=0;i<16;i++)W[i]=0;
  for(i=from;i<from+64&&i<=text.length;i++){at=i-from;W[at>>2]|=(i<text.length?text.charCodeAt(i):128)<<(24-8*(at&3))}
  if(length)W[15]=(before+text.length)*8}
function hash(text){
  var s=H,blocks=((text.length+8)>>6)+1,b;
  for(b=0;b<blocks;b++){load(text,b*64,b===blocks-1,0);s=round(s,[])}
  return s}
function hex(s){var t="",i;for(i=0;i<8;i++)t+=("0000000"+(s[i]>>>0).toString(16)).slice(-8);return t}
function key(){return type.value+"\\n"+encodeURIComponent(value.value)}
function say(on){note.hidden=!on}
function go(){
  var action=pending;
  pending=null;
  if(action)form.action=action;
  form.submit()}
function done(mine,number){
  running="";solved=mine;
  field.value=challenge+"."+number+"."+mine.split("\\n")[1];
  say(false);
  if(pending!==null)go()}
function start(){
  var mine=key(),seed,out=new Int32Array(8),number=0;
  clearTimeout(timer);
  if(mine===solved||mine===running||!value.value)return;
  running=mine;field.value="";solved="";
  load(hex(hash(challenge+"\\n"+mine)),0,false,0);
  seed=new Int32Array(round(H,[]));
  function slice(){
    var end=Date.now()+20,i;
    if(running!==mine)return;
    do for(i=0;i<256;i++){
      load("."+number,0,true,64);
      if(round(seed,out)[0]>>>(32-bits)===0)return done(mine,number);
      number++
    }while(Date.now()<end);
    setTimeout(slice,0)}
  slice()}
function soon(){clearTimeout(timer);timer=setTimeout(start,400)}
if(field.value&&field.value.split(".").slice(2).join(".")===encodeURIComponent(value.value))solved=key();
value.addEventListener("input",soon);
value.addEventListener("change",start);
type.addEventListener("change",soon);
form.addEventListener("click",function(event){clicked=event.target});
form.addEventListener("submit",function(event){
  var by=event.submitter||clicked;
  if(key()===solved||!value.value)return;
  event.preventDefault();
  pending=by&&by.getAttribute("formaction")||"";
  say(true);
  start()});
soon();
})();`;
