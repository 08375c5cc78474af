import fs from 'node:fs';
import path from 'node:path';

import { blockingAddons, entryFor, harmlessAddons } from '../../patch/engine/known-addons';
import { knownPackages } from '../../patch/engine/known-packages';
import type { Application } from './application';
import type { Finding } from './finding';
import type { InstalledPackage } from './packages';
import { addonFiles } from './source-files';

const blockingNames = Object.keys(blockingAddons);

/** Looks for add-ons: what waits in C++ holds up every greenlet. */
export function checkAddons({ root, manifest, packages }: Application): Finding[] {
  const unknown: string[] = [];
  if (manifest !== undefined && isAddon({ directory: root, manifest })) unknown.push('the application itself');
  const findings: Finding[] = [];
  for (const installed of packages) {
    if (Object.hasOwn(knownPackages, installed.name)) continue;
    const known = entryFor(blockingNames, installed.name);
    if (known !== undefined) findings.push(blocking(installed, blockingAddons[known]!));
    else if (entryFor(harmlessAddons, installed.name) === undefined && isAddon(installed)) {
      unknown.push(installed.name);
    }
  }
  if (unknown.length === 0) return findings;
  return [
    ...findings,
    {
      code: 'unknown-addon',
      severity: 'note',
      where: unknown.join(', '),
      what: `${unknown.length > 1 ? 'have add-ons' : 'has an add-on'} of which nothing is known: a call that waits in C++ blocks the process, one that takes a callback or returns a promise does not`,
      advice: 'UNBLOCK_WATCHDOG=1 tells what holds up the others, and where.',
    },
  ];
}

function isAddon({ directory, manifest }: Pick<InstalledPackage, 'directory' | 'manifest'>): boolean {
  if (manifest.isBuilt || fs.existsSync(path.join(directory, 'binding.gyp'))) return true;
  return addonFiles(directory).next().done !== true;
}

function blocking({ chain }: InstalledPackage, what: string): Finding {
  return {
    code: 'blocking-addon',
    severity: 'note',
    where: chain.join(' > '),
    what,
    advice: 'Where that is long, call it in a ThreadPool, or in a worker; UNBLOCK_WATCHDOG=1 tells where it is.',
  };
}
