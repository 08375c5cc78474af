import nodeDns, {
  type AnyRecord,
  type CaaRecord,
  type LookupAddress,
  type LookupAllOptions,
  type LookupOptions,
  type MxRecord,
  type NaptrRecord,
  type RecordWithTtl,
  type ResolveOptions,
  type ResolveWithTtlOptions,
  type SoaRecord,
  type SrvRecord,
} from 'node:dns';

import { formOfCallback } from './engine/blocking-form';
import { definePatch, type ModuleFunction } from './engine/table';

// What Node 20 has no type for.
interface TlsaRecord {
  certUsage: number;
  selector: number;
  match: number;
  data: ArrayBuffer;
}

interface Lookups {
  /** The blocking form of `dns.lookup`: as `dns.promises.lookup`, but it only suspends the greenlet. */
  lookupSync(hostname: string, options: LookupAllOptions): LookupAddress[];
  lookupSync(hostname: string, options?: LookupOptions | number): LookupAddress;
  lookupServiceSync(address: string, port: number): { hostname: string; service: string };
}

/** The blocking forms of questions to name servers: they suspend the greenlet until there is an answer. */
interface Questions {
  resolveSync(hostname: string, rrtype?: 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR'): string[];
  resolveSync(hostname: string, rrtype: 'ANY'): AnyRecord[];
  resolveSync(hostname: string, rrtype: 'CAA'): CaaRecord[];
  resolveSync(hostname: string, rrtype: 'MX'): MxRecord[];
  resolveSync(hostname: string, rrtype: 'NAPTR'): NaptrRecord[];
  resolveSync(hostname: string, rrtype: 'SOA'): SoaRecord;
  resolveSync(hostname: string, rrtype: 'SRV'): SrvRecord[];
  resolveSync(hostname: string, rrtype: 'TLSA'): TlsaRecord[];
  resolveSync(hostname: string, rrtype: 'TXT'): string[][];
  resolveSync(hostname: string, rrtype: string): unknown;
  resolve4Sync(hostname: string, options: ResolveWithTtlOptions): RecordWithTtl[];
  resolve4Sync(hostname: string, options?: ResolveOptions): string[];
  resolve6Sync(hostname: string, options: ResolveWithTtlOptions): RecordWithTtl[];
  resolve6Sync(hostname: string, options?: ResolveOptions): string[];
  resolveAnySync(hostname: string): AnyRecord[];
  resolveCaaSync(hostname: string): CaaRecord[];
  resolveCnameSync(hostname: string): string[];
  resolveMxSync(hostname: string): MxRecord[];
  resolveNaptrSync(hostname: string): NaptrRecord[];
  resolveNsSync(hostname: string): string[];
  resolvePtrSync(hostname: string): string[];
  resolveSoaSync(hostname: string): SoaRecord;
  resolveSrvSync(hostname: string): SrvRecord[];
  /** From Node 22 on. */
  resolveTlsaSync(hostname: string): TlsaRecord[];
  resolveTxtSync(hostname: string): string[][];
  reverseSync(ip: string): string[];
}

declare module 'dns' {
  var lookupSync: Lookups['lookupSync'];
  var lookupServiceSync: Lookups['lookupServiceSync'];
  var resolveSync: Questions['resolveSync'];
  var resolve4Sync: Questions['resolve4Sync'];
  var resolve6Sync: Questions['resolve6Sync'];
  var resolveAnySync: Questions['resolveAnySync'];
  var resolveCaaSync: Questions['resolveCaaSync'];
  var resolveCnameSync: Questions['resolveCnameSync'];
  var resolveMxSync: Questions['resolveMxSync'];
  var resolveNaptrSync: Questions['resolveNaptrSync'];
  var resolveNsSync: Questions['resolveNsSync'];
  var resolvePtrSync: Questions['resolvePtrSync'];
  var resolveSoaSync: Questions['resolveSoaSync'];
  var resolveSrvSync: Questions['resolveSrvSync'];
  var resolveTlsaSync: Questions['resolveTlsaSync'];
  var resolveTxtSync: Questions['resolveTxtSync'];
  var reverseSync: Questions['reverseSync'];
  interface Resolver extends Questions {}
}

// In some versions of Node's types the one is made of the other, in some it is the other way round.
declare module 'node:dns' {
  var lookupSync: Lookups['lookupSync'];
  var lookupServiceSync: Lookups['lookupServiceSync'];
  var resolveSync: Questions['resolveSync'];
  var resolve4Sync: Questions['resolve4Sync'];
  var resolve6Sync: Questions['resolve6Sync'];
  var resolveAnySync: Questions['resolveAnySync'];
  var resolveCaaSync: Questions['resolveCaaSync'];
  var resolveCnameSync: Questions['resolveCnameSync'];
  var resolveMxSync: Questions['resolveMxSync'];
  var resolveNaptrSync: Questions['resolveNaptrSync'];
  var resolveNsSync: Questions['resolveNsSync'];
  var resolvePtrSync: Questions['resolvePtrSync'];
  var resolveSoaSync: Questions['resolveSoaSync'];
  var resolveSrvSync: Questions['resolveSrvSync'];
  var resolveTlsaSync: Questions['resolveTlsaSync'];
  var resolveTxtSync: Questions['resolveTxtSync'];
  var reverseSync: Questions['reverseSync'];
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
