/** How bad a finding is: the program will not work, may not work, or works otherwise than one might think. */
export type Severity = 'problem' | 'warning' | 'note';

/** Every code that a finding can have -> the section of docs/hazards.md that explains it. */
export const sections = {
  'unsupported-node': 'unsupported-node',
  'missing-binary': 'unsupported-node',
  'flag-forbids-addons': 'flags',
  'flag-stack-size': 'stack-overflow',
  'flag-frozen-intrinsics': 'flags',
  'flag-hides-warnings': 'flags',
  'no-loader': 'late-patch',
  'early-capture': 'early-capture',
  'early-module': 'late-patch',
  'second-copy': 'second-copy',
  'plain-worker': 'plain-worker',
  'blocking-addon': 'native-addons',
  'unknown-addon': 'native-addons',
  'foreign-scheduler': 'foreign-schedulers',
  'one-at-a-time': 'run-to-completion',
  'unreadable-package': 'what-was-not-looked-at',
  'missing-package': 'what-was-not-looked-at',
  'unreadable-source': 'what-was-not-looked-at',
} as const;

/** What a finding is about. */
export type FindingCode = keyof typeof sections;

/** One thing that the doctor has found. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** A file, a package or a variable, as its owner would name it. */
  readonly where: string;
  readonly what: string;
  readonly advice: string;
}

/** Where a finding is explained. */
export function helpFor(code: FindingCode): string {
  return `docs/hazards.md#${sections[code]}`;
}
