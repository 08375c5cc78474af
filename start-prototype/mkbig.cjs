const fs=require('fs'),vm=require('vm'),path=require('path'),Module=require('module');
const abi=process.versions.modules; const big=fs.readFileSync('/path/to/packs/big.'+abi+'.js','latin1');
const ours='/path/to/unblock/dist/src/'; const s=new vm.Script(big,{filename:ours+'pack.js'});
const fns=s.runInThisContext(); const cache={};
function mk(rel){ return function(r){ if(r[0]!=='.')return require(r); return get(path.join(path.dirname(rel),r)+'.js');}}
function get(rel){ if(cache[rel])return cache[rel].exports; if(!fns[rel]) return require(ours+rel); const m=cache[rel]={exports:{}}; fns[rel].call(m.exports,m.exports,mk(rel),m,ours+rel,path.dirname(ours+rel)); return m.exports;}
const cr=Module.createRequire; Module.createRequire=function(f){const r=cr(f); const rel=path.relative(ours,f); const q=(x)=>x[0]==='.'?get(path.join(path.dirname(rel),x)+'.js'):r(x); q.cache=r.cache; q.resolve=r.resolve; return q;};
get('patch/index.js').patchByQuery('');
setImmediate(()=>{console.log('hi');fs.writeFileSync('/path/to/packs/big.'+abi+'.bin',s.createCachedData())});
