import fs from 'node:fs'; import vm from 'node:vm'; import Module from 'node:module'; import path from 'node:path';
const ours='/path/to/unblock/dist/src/'; const abi=process.versions.modules;
const require=Module.createRequire(ours);
const entries=[]; const index=new Map();
function get(file){ if(index.has(file)) return entries[index.get(file)].m.exports;
  const source=Module.wrap(fs.readFileSync(file,'utf8')); const s=new vm.Script(source,{filename:file});
  const {mtimeMs,size}=fs.statSync(file); const m=new Module(file); m.filename=file; Module._cache[file]=m;
  const e={file,source,s,m,mtimeMs,size,deps:{}}; index.set(file,entries.length); entries.push(e);
  const dir=path.dirname(file); 
  const req=(r)=>{ if(!r.startsWith('.'))return require(r); const f=path.join(dir,r)+'.js'; const x=get(f); e.deps[r]=index.get(f); return x; };
  e.req=req; req.cache=Module._cache;
  s.runInThisContext().call(m.exports,m.exports,req,m,file,dir); m.loaded=true; return m.exports; }
Module.createRequire=(f)=>index.has(f)?entries[index.get(f)].req:Module.prototype.require.bind(require);
const p=get(ours+'patch/index.js'); p.patchByQuery('');
await new Promise(r=>setImmediate(r));
let at=0; const parts=[]; const list=[];
for(const e of entries){ const src=Buffer.from(e.source); const c=e.s.createCachedData(); const pad=b=>Buffer.concat([b,Buffer.alloc((8-b.length%8)%8)]);
  const s0=at; parts.push(pad(src)); at+=parts.at(-1).length; const c0=at; parts.push(pad(c)); at+=parts.at(-1).length;
  list.push([path.relative(ours,e.file),e.mtimeMs,e.size,s0,src.length,c0,c.length,e.deps]); }
fs.writeFileSync(`/path/to/packs/p3.${abi}.bin`,Buffer.concat(parts)); fs.writeFileSync(`/path/to/packs/p3.${abi}.json`,JSON.stringify(list));
console.log(list.length,at);
