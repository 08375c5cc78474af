// npm run compat:protocols: kills and timeouts in the middle of thousands of exchanges with servers. See protocols/.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { home, lines, loader, nodeOf } from './places';
import { runProgram } from './program';
import { absent } from './servers';

const usage = `npm run compat:protocols -- [options]
  --lines 20,24        the Node lines; all unless given
  --packages pg,undici the packages; all unless given
  --operations 10000   how many in each
  --seed 42            what an earlier run has printed, to have its kills again; the clock stays as it is
  --limit 300          seconds until a program is killed`;

/** Which servers each of the programs needs. */
const needs: Readonly<Record<string, readonly string[]>> = {
  pg: ['postgresql'],
  mysql2: ['mariadb'],
  ioredis: ['redis'],
  undici: [],
  net: [],
};

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { lines: text, packages: text, operations: text, seed: text, limit: text, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const chosen = values.packages?.split(',') ?? Object.keys(needs);
  const unknown = chosen.filter((name) => !(name in needs));
  if (unknown.length > 0) throw new Error(`There is no storm for ${unknown.join(', ')}`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const line of values.lines?.split(',') ?? lines) {
    for (const name of chosen) counts[await run(name, line, values)]++;
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

async function run(
  name: string,
  line: string,
  { operations = '10000', seed, limit = '300' }: { operations?: string; seed?: string; limit?: string },
): Promise<'passed' | 'failed' | 'skipped'> {
  const missing = await absent(needs[name]!);
  if (missing.length > 0) {
    console.log(`Node ${line}: ${name}: not run, no server: ${missing.join(', ')}`);
    return 'skipped';
  }
  const program = path.join(home, 'dist', 'protocols', `${name}.js`);
  if (!existsSync(program)) throw new Error(`${program} is not there: has it been compiled?`);
  const ending = await runProgram({
    node: nodeOf(line),
    args: ['--no-deprecation', '--import', pathToFileURL(loader).href, program],
    cwd: home,
    env: { COMPAT_OPERATIONS: operations, COMPAT_SEED: seed ?? String(Date.now() % 1_000_000), NODE_ENV: 'test' },
    limit: Number(limit) * 1000,
  });
  console.log(`Node ${line}: ${ending.kind === 'passed' ? ending.bought.join() : `${ending.kind}: ${ending.why}`}`);
  return ending.kind === 'passed' ? 'passed' : 'failed';
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
});
