/** Flags of Node that keep the package from working, or do not do what they do without it. */
import type { Finding, FindingCode, Severity } from './finding';
import type { OptionPlace } from './option-places';

interface FlagCheck {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly applies: (flags: ReadonlySet<string>) => boolean;
  readonly what: string;
  readonly advice: string;
}

const hasPermissions = (flags: ReadonlySet<string>): boolean =>
  flags.has('--permission') || flags.has('--experimental-permission');

const checks: readonly FlagCheck[] = [
  {
    code: 'flag-forbids-addons',
    severity: 'problem',
    applies: (flags) => flags.has('--no-addons'),
    what: '--no-addons keeps Node from loading any add-on, and the greenlets are one',
    advice: 'Leave the flag out.',
  },
  {
    code: 'flag-forbids-addons',
    severity: 'problem',
    applies: (flags) => hasPermissions(flags) && !flags.has('--allow-addons'),
    what: '--permission keeps Node from loading add-ons, and the greenlets are one',
    advice: 'Add --allow-addons, and let --allow-fs-read include the directory of unblock.',
  },
  {
    code: 'flag-stack-size',
    severity: 'warning',
    applies: (flags) => flags.has('--stack-size'),
    what: '--stack-size is for the main stack alone: the program runs in greenlets, whose stacks do not change by it',
    advice: 'Say it with UNBLOCK_STACK_SIZE, such as UNBLOCK_STACK_SIZE=8mb; unused pages cost nothing.',
  },
  {
    code: 'flag-frozen-intrinsics',
    severity: 'note',
    applies: (flags) => flags.has('--frozen-intrinsics') && process.versions.node.startsWith('20.'),
    what: '--frozen-intrinsics freezes Atomics on Node 20 before it can be patched: Atomics.wait blocks the process',
    advice: 'Use Node 22 or newer, or do without the flag if something waits with Atomics.wait.',
  },
  {
    code: 'flag-hides-warnings',
    severity: 'note',
    applies: (flags) => flags.has('--no-warnings'),
    what: '--no-warnings hides the warnings of unblock as well, such as UNBLOCK_LATE_PATCH',
    advice: 'Look once without it.',
  },
];

/** Checks the flags of each place. */
export function checkFlags(places: readonly OptionPlace[]): Finding[] {
  return places.flatMap(({ where, options }) => {
    // V8 takes underscores for dashes.
    const flags = new Set(options.map((option) => option.split('=')[0]!.replaceAll('_', '-')));
    return checks
      .filter(({ applies }) => applies(flags))
      .map(({ code, severity, what, advice }) => ({ code, severity, where, what, advice }));
  });
}
