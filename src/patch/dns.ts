import nodeDns from 'node:dns';

import { formOfCallback } from './engine/blocking-form';
import { definePatch, type ModuleFunction } from './engine/table';

declare module 'dns' {
  /** The blocking form of `dns.lookup`: as `dns.promises.lookup`, but it only suspends the greenlet. */
  function lookupSync(hostname: string, options: LookupAllOptions): LookupAddress[];
  function lookupSync(hostname: string, options?: LookupOptions | number): LookupAddress;
  function lookupServiceSync(address: string, port: number): { hostname: string; service: string };
  function resolveSync(hostname: string, rrtype?: 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR'): string[];
  function resolveSync(hostname: string, rrtype: string): unknown;
  function resolve4Sync(hostname: string): string[];
  function resolve4Sync(hostname: string, options: { ttl: true }): RecordWithTtl[];
  function resolve6Sync(hostname: string): string[];
  function resolve6Sync(hostname: string, options: { ttl: true }): RecordWithTtl[];
  function resolveAnySync(hostname: string): AnyRecord[];
  function resolveCaaSync(hostname: string): CaaRecord[];
  function resolveCnameSync(hostname: string): string[];
  function resolveMxSync(hostname: string): MxRecord[];
  function resolveNaptrSync(hostname: string): NaptrRecord[];
  function resolveNsSync(hostname: string): string[];
  function resolvePtrSync(hostname: string): string[];
  function resolveSoaSync(hostname: string): SoaRecord;
  function resolveSrvSync(hostname: string): SrvRecord[];
  function resolveTxtSync(hostname: string): string[][];
  function reverseSync(ip: string): string[];
}

// Questions to name servers; those that this Node does not have yet are left out.
const QUESTIONS = [
  ...['resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveCaa', 'resolveCname', 'resolveMx', 'resolveNaptr'],
  ...['resolveNs', 'resolvePtr', 'resolveSoa', 'resolveSrv', 'resolveTlsa', 'resolveTxt', 'reverse'],
].filter((name) => name in nodeDns);

function formsIn(owner: object, prefix: string): Record<string, ModuleFunction> {
  const forms = QUESTIONS.filter((name) => name in owner).map((name) => [
    `${prefix}${name}Sync`,
    formOfCallback(`${name}Sync`, Reflect.get(owner, name) as ModuleFunction),
  ]);
  return Object.fromEntries(forms) as Record<string, ModuleFunction>;
}

function addressOf([address, family]: readonly unknown[]): unknown {
  return Array.isArray(address) ? address : { address, family };
}

/** Names and addresses, in a straight line. */
export const dns = definePatch({
  module: 'dns',
  extensions: {
    lookupSync: formOfCallback('lookupSync', nodeDns.lookup as ModuleFunction, addressOf),
    lookupServiceSync: formOfCallback(
      'lookupServiceSync',
      nodeDns.lookupService as ModuleFunction,
      ([hostname, service]) => ({ hostname, service }),
    ),
    ...formsIn(nodeDns, ''),
    ...formsIn(nodeDns.Resolver.prototype, 'Resolver.prototype.'),
  },
});
