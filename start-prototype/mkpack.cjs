// run under: node --import loader-collecting; builds /path/to/packs/pack.<abi>.{js,bin}
const fs=require('fs'),vm=require('vm'),path=require('path'),Module=require('module');
const ours='/path/to/unblock/dist/src/';
const scripts=new Map();
Module.prototype._compile=function(content,filename){
  const src=Module.wrap(content.replace(/\n\/\/# sourceMappingURL.*/,''));
  const s=new vm.Script(src,{filename});
  scripts.set(filename,[src,s]);
  return s.runInThisContext().call(this.exports,this.exports,(r)=>this.require(r),this,filename,path.dirname(filename));
};
const patch=require(ours+'patch/index'); 
patch.patchByQuery('');
setImmediate(()=>{
  console.log('hello');
  process.on('exit',()=>{});
  const f=Module._load; 
  let src='',bin=[],idx=[],bo=0,so=0;
  const all=[];
  for(const [file,[s,script]] of scripts){ if(!file.startsWith(ours))continue; const c=script.createCachedData(); idx.push([path.relative(ours,file),so,s.length,bo,c.length]); src+=s; so+=s.length; const pad=(8-c.length%8)%8; bin.push(c,Buffer.alloc(pad)); bo+=c.length+pad; }
  const abi=process.versions.modules;
  // one file
  const head=JSON.stringify(idx);
  // big: single script
  let big='({'+[...scripts].filter(([f])=>f.startsWith(ours)).map(([f,[s]])=>JSON.stringify(path.relative(ours,f))+':'+s.replace(/;\s*$/,'')).join(',\n')+'})';
  fs.writeFileSync('/path/to/packs/pack.'+abi+'.json',head); fs.writeFileSync('/path/to/packs/pack.'+abi+'.js',src,'latin1'); fs.writeFileSync('/path/to/packs/pack.'+abi+'.bin',Buffer.concat(bin));
  fs.writeFileSync('/path/to/packs/big.'+abi+'.js',big);
  console.log(idx.length,src.length,bo, /[^\x00-\xff]/.test(src));
});
