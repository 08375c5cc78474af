import { checkAddons } from './addons';
import { type Application, readApplication } from './application';
import type { Finding, Severity } from './finding';
import { checkFlags } from './flags';
import { checkKnownPackages } from './known-packages';
import { checkLoaderUse, loaderWays } from './loader-use';
import { optionPlaces } from './option-places';
import { checkCopies } from './second-copy';
import { checkSources } from './sources';
import { checkNode } from './this-node';

/** What the doctor has seen. */
export interface Examination {
  readonly application: Application;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** The worst first. */
export const severities: readonly Severity[] = ['problem', 'warning', 'note'];

/**
 * Looks at an application for all that greenlets change, or cannot change. Nothing of it is run.
 *
 * @param target a program, a package.json, or the directory of one
 * @param options `withDevelopment`: also at its `devDependencies`; `environment`: the variables that it is started with;
 *   `onProgress`: is told whose sources are looked at
 * @throws {ConfigError} if there is no such application
 * @example examine('app.js', { environment: process.env }).findings
 *
 * Has no twin in gevent.
 */
export function examine(
  target: string,
  options: {
    readonly environment: NodeJS.ProcessEnv;
    readonly withDevelopment?: boolean;
    readonly onProgress?: (done: number, all: number, name: string) => void;
  },
): Examination {
  const reading: Finding[] = [];
  const application = readApplication(
    target,
    options.withDevelopment ?? false,
    (finding) => void reading.push(finding),
  );
  const places = optionPlaces(application, options.environment);
  const findings = [
    ...checkNode(),
    ...checkFlags(places),
    ...checkLoaderUse(application, places),
    ...checkCopies(application),
    ...checkKnownPackages(application),
    ...checkAddons(application),
    ...checkSources(application, loaderWays(places), options.onProgress ?? (() => {})),
    ...reading,
  ];
  return { application, findings: severities.flatMap((each) => findings.filter(({ severity }) => severity === each)) };
}
