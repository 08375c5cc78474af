const fs=require('fs');
// aggregate: inclusive by top-level-ish; print self by function and by file
const inc={},self={};let total=0;let nf=0;
for(const f of fs.readdirSync('/path/to/packs/prof').filter(f=>f.startsWith(process.argv[2]))){ nf++;
 const p=JSON.parse(fs.readFileSync('/path/to/packs/prof/'+f)); const byId=new Map(p.nodes.map(n=>[n.id,n])); for(const n of p.nodes)for(const c of n.children||[])byId.get(c).parent=n;
 const name=n=>n.callFrame.functionName+' '+n.callFrame.url.replace(/.*dist\/src\//,'')+':'+n.callFrame.lineNumber;
 p.samples.forEach((id,i)=>{const d=p.timeDeltas[i]; let n=byId.get(id); self[name(n)]=(self[name(n)]||0)+d; total+=d; const seen=new Set(); while(n){const k=name(n); if(!seen.has(k)){seen.add(k);inc[k]=(inc[k]||0)+d;} n=n.parent;} });
}
console.log('total',(total/nf/1000).toFixed(1));
const show=(o,k)=>console.log(Object.entries(o).sort((a,b)=>b[1]-a[1]).slice(0,k).map(([n,v])=>(v/nf/1000).toFixed(2)+'  '+n).join('\n'));
console.log('-- inclusive');show(inc,90);console.log('-- self');show(self,40);
