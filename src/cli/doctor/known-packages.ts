import { knownPackages } from '../../patch/engine/known-packages';
import type { Application } from './application';
import type { Finding } from './finding';

/** Looks for packages that are known not to work as they are. */
export function checkKnownPackages({ packages }: Application): Finding[] {
  const seen = new Set<string>();
  return packages.flatMap(({ name, chain }) => {
    const known = Object.hasOwn(knownPackages, name) ? knownPackages[name] : undefined;
    if (known === undefined || seen.has(name)) return [];
    seen.add(name);
    return [{ ...known, where: chain.join(' > ') }];
  });
}
