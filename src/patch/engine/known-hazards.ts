/** What is known of packages that do not go well with greenlets is said once, when a program loads one. */
import { later } from '../../core/hub/later';
import { issueWarnings, queueWarning } from './warnings';

const addons = later<typeof import('./known-addons')>(require, './known-addons');
const packages = later<typeof import('./known-packages')>(require, './known-packages');

const PACKAGE = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;
// Add-ons, and those of the table that are none: nearly no file need be looked at any further.
const IS_OF_INTEREST = /\.node$|[\\/]node_modules[\\/](?:rxjs|synckit)[\\/]/;

/**
 * Warns if a file that is about to be loaded is of a known package.
 *
 * @param filename its path, or its URL if it is an ES module
 */
export function noteFile(filename: string): void {
  if (!IS_OF_INTEREST.test(filename)) return;
  const name = nameIn(filename);
  if (filename.endsWith('.node')) warnOfAddon(name);
  else warnOfPackage(name);
}

function nameIn(filename: string): string {
  return PACKAGE.exec(filename)?.[1]?.replace('\\', '/') ?? '';
}

function warnOfAddon(name: string): void {
  const { blockingAddons, entryFor } = addons();
  const entry = entryFor(Object.keys(blockingAddons), name);
  if (entry === undefined) {
    warnOfPackage(name);
    return;
  }
  queueWarning(
    'UNBLOCK_BLOCKING_ADDON',
    `${name} is an add-on: ${blockingAddons[entry]}. Meanwhile no greenlet runs; what takes long is for a ThreadPool or a worker.`,
  );
  issueWarnings();
}

function warnOfPackage(name: string): void {
  const { knownPackages } = packages();
  const known = Object.hasOwn(knownPackages, name) ? knownPackages[name] : undefined;
  if (known === undefined) return;
  const code = known.code === 'foreign-scheduler' ? 'UNBLOCK_FOREIGN_SCHEDULER' : 'UNBLOCK_ONE_AT_A_TIME';
  queueWarning(code, `${name} ${known.what}. ${known.advice}`);
  issueWarnings();
}
