// interleaved A/B timing of commands: node ab.mjs ROUNDS LINES name=args...
import { spawnSync } from 'node:child_process';
const [rounds, linesArg, ...cases] = process.argv.slice(2);
for (const line of linesArg.split(',')) {
  const bin = `/path/to/unblock/.cache/node/${line}/bin/node`;
  const t = cases.map(() => []), cpu = cases.map(() => []);
  for (let r = 0; r < +rounds; r++) cases.forEach((c, i) => {
    const args = c.slice(c.indexOf('=') + 1).split(' ');
    const a = process.hrtime.bigint();
    const res = spawnSync(bin, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const d = Number(process.hrtime.bigint() - a) / 1e6;
    if (res.status !== 0) { console.log(c, res.status, String(res.stderr)); process.exit(1); }
    t[i].push(d); const m=/@([\d.]+) ([\d.]+)/.exec(String(res.stdout)); cpu[i].push(m ? +m[1] : NaN);
  });
  const med = (x) => x.sort((a, b) => a - b)[x.length >> 1];
  console.log(`Node ${line}`);
  let base;
  cases.forEach((c, i) => { const m = med(t[i]), min = t[i][0]; const cm=med(cpu[i]), cmin=cpu[i][0]; base ??= { m, min, cm, cmin };
    console.log(`  ${c.slice(0, c.indexOf('=')).padEnd(14)} median ${m.toFixed(1)} (+${(m - base.m).toFixed(1)})  min ${min.toFixed(1)} (+${(min - base.min).toFixed(1)})  cpu median ${cm.toFixed(1)} (+${(cm-base.cm).toFixed(1)}) min ${cmin.toFixed(1)} (+${(cmin-base.cmin).toFixed(1)})`); });
}
