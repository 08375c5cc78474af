import fs from 'node:fs';

import type { Application } from './application';
import type { Finding } from './finding';
import type { LoaderWay } from './loader-use';
import { sourceFiles } from './source-files';
import { parseFile } from './syntax';
import { mayStartPlainWorkers, placeOf, plainWorkersIn } from './workers';

/** Whose code is looked at: the application's own, or a package's. */
interface Owner {
  /** Undefined for the application. */
  readonly chain: readonly string[] | undefined;
  readonly directory: string;
  readonly files: Iterable<string>;
  /** The program, of which it is said in any case if it could not be looked at. */
  readonly entry?: string | undefined;
}

const WORKER_ADVICE =
  'If what runs there is to be cooperative, start it from a file, with ...process.execArgv in its execArgv and ' +
  '...process.env in its env, or let it call patchAll().';

/**
 * Looks into the sources of an application and of its packages.
 *
 * @param ways how the application may come to have the loader
 * @param onOwner is told whose are looked at, and how many there are
 */
export function checkSources(
  application: Application,
  ways: readonly LoaderWay[],
  onOwner: (done: number, all: number, name: string) => void,
): Finding[] {
  const { root, manifest, entry, packages } = application;
  // Without a package.json nobody knows what else in the directory belongs to the program.
  const own = new Set([...(entry === undefined ? [] : [entry]), ...(manifest === undefined ? [] : sourceFiles(root))]);
  const owners: Owner[] = [
    { chain: undefined, directory: root, files: own, entry },
    ...packages.map(({ chain, directory }) => ({ chain, directory, files: sourceFiles(directory) })),
  ];
  return owners.flatMap((owner, index) => {
    const name = owner.chain?.at(-1) ?? 'the application';
    onOwner(index + 1, owners.length, name);
    return name === 'unblock' ? [] : checkOwner(owner, ways);
  });
}

function checkOwner({ chain, directory, files, entry }: Owner, ways: readonly LoaderWay[]): Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    const text = read(file);
    const isNeeded = file === entry || (text !== undefined && mayStartPlainWorkers(text));
    if (!isNeeded) continue;
    const program = parseFile(file);
    if (program === undefined) {
      if (chain === undefined) findings.push(unreadable(placeOf(file, directory, 1)));
      continue;
    }
    for (const { line, why } of plainWorkersIn(program, ways)) {
      const place = placeOf(file, directory, line);
      findings.push({
        code: 'plain-worker',
        severity: chain === undefined ? 'warning' : 'note',
        where: chain === undefined ? place : `${chain.join(' > ')}: ${place}`,
        what: `starts a thread or a process with ${why}: blocking calls there block it, as ever`,
        advice: chain === undefined ? WORKER_ADVICE : 'Nothing, if the package only computes there; most do.',
      });
    }
  }
  return findings;
}

function read(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

function unreadable(where: string): Finding {
  return {
    code: 'unreadable-source',
    severity: 'note',
    where,
    what: 'is no JavaScript that could be read and parsed; it was not looked at',
    advice: 'Let the doctor look at what your compiler makes of it.',
  };
}
