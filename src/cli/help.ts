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
       unblock doctor [app.js | package.json | directory] [--json] [--dev]

Runs a program whose blocking calls suspend a greenlet instead of the process.
The doctor looks at one, without running it, for what will not work so, and says what to do. It ends
with 0, with 1 if there are problems, with 2 if it was asked wrongly. (A program with that name: ./doctor)

Options:
  --MODULE      make this module cooperative, and no others that are not named
  --no-MODULE   leave this module as it is
                (${modules.join(', ')})
  --verbose     tell on standard error what was patched, what was left, and why
  --version     print the version
  --help        print this text

Options of the doctor:
  --json        print the findings for programs
  --dev         look at devDependencies as well

Variables, with their presets:
${variables.join('\n')}
`;
}
