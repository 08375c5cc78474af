import Module from 'node:module'; 
const h=process.hrtime; const t=[h()];
const ours='/path/to/unblock/dist/src/'; const abi=process.versions.modules;
const require=Module.createRequire(ours); const fs=require('fs'), vm=require('vm');
const list=JSON.parse(fs.readFileSync(`/path/to/packs/p3.${abi}.json`,'utf8')); const bin=fs.readFileSync(`/path/to/packs/p3.${abi}.bin`);
t.push(h());
let rej=0, ts=0, tstat=0; const V=process.env.V; const mods=[]; const byFile=new Map();
const NOSTAT=process.env.NOSTAT;
const cr=Module.createRequire;
function get(i){ if(mods[i]) return mods[i].exports;
  const [name,mtime,size,s0,sl,c0,cl,deps]=list[i]; const file=ours+name;
  let a=V&&h();
  if(!NOSTAT){const st=fs.statSync(file); if(st.mtimeMs!==mtime||st.size!==size) throw new Error('stale '+file);}
  if(V){ const d=h(a); tstat+=d[1]; a=h(); }
  const m=mods[i]=new Module(file); m.filename=file; Module._cache[file]=m; 
  const s=new vm.Script(bin.latin1Slice(s0,s0+sl),{filename:file,cachedData:bin.subarray(c0,c0+cl)}); if(s.cachedDataRejected) rej++;
  const fn=s.runInThisContext(); if(V){const d=h(a); ts+=d[1];}
  const req=(r)=>{ const d=deps[r]; return d===undefined?cr(file)(r):get(d); }; req.cache=Module._cache; byFile.set(file,req);
  fn.call(m.exports,m.exports,req,m,file,file.slice(0,file.lastIndexOf('/'))); m.loaded=true; return m.exports; }
Module.createRequire=(f)=>byFile.get(f)??cr(f);
const patch=get(0); t.push(h());
patch.patchByQuery(''); t.push(h());
Module.createRequire=cr;
await new Promise((resolve) => setImmediate(resolve)); t.push(h());
if(V) console.log('read/require/patch/imm', t.slice(1).map((x,i)=>((x[0]-t[i][0])*1e3+(x[1]-t[i][1])/1e6).toFixed(2)).join(' '), 'script',(ts/1e6).toFixed(2),'stat',(tstat/1e6).toFixed(2),'rejected',rej);
