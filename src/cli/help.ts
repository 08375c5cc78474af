import { type Setting, settings } from '../core/settings';

const WIDTH = 34;

/** What `unblock --help` prints: the options, and every variable with its preset. */
export function helpText(modules: readonly string[]): string {
  const variables = Object.values(settings).map((setting) => {
    const { variable, kind, preset, meaning } = setting as Setting;
    const value = kind.format(preset);
    return `  ${`${variable}=${value}`.padEnd(WIDTH)} ${meaning}`;
  });
  return `Usage: unblock [options] program.js [arguments]

Runs a program whose blocking calls suspend a greenlet instead of the process.

Options:
  --MODULE      make this module cooperative, and no others that are not named
  --no-MODULE   leave this module as it is
                (${modules.join(', ')})
  --verbose     tell on standard error what was patched, what was left, and why
  --version     print the version
  --help        print this text

Variables, with their presets:
${variables.join('\n')}
`;
}
