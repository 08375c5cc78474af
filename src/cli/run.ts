import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { RunCommand } from './arguments';

const LOADER = pathToFileURL(path.join(__dirname, '..', '..', '..', 'loader.mjs'));
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGQUIT'];
// A terminal sends these to the program as well.
const OF_TERMINALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/**
 * Runs a program under the loader, in a process of its own, so that its workers and forks are started as it is; ends as
 * it does. Signals are passed on.
 */
export function runProgram({ modules, verbose, program, args }: RunCommand): void {
  const loader = new URL(LOADER);
  for (const [module, isWanted] of Object.entries(modules)) loader.searchParams.set(module, isWanted ? 'on' : 'off');
  const child = spawn(process.execPath, [...process.execArgv, '--import', loader.href, program, ...args], {
    stdio: 'inherit',
    env: verbose ? { ...process.env, UNBLOCK_DEBUG: 'patch' } : process.env,
  });
  for (const signal of PASSED_ON) {
    const isSeenByBoth = process.stdin.isTTY && OF_TERMINALS.includes(signal);
    process.on(signal, () => isSeenByBoth || child.kill(signal));
  }
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
    } else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
