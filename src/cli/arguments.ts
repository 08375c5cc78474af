import { ConfigError } from '../core/errors';

/** A program is to be run. */
export interface RunCommand {
  readonly name: 'run';
  /** Module -> whether to make it cooperative; those that are not named are. */
  readonly modules: Readonly<Record<string, boolean>>;
  /** Whether to tell what is patched. */
  readonly verbose: boolean;
  readonly program: string;
  readonly args: readonly string[];
}

/** An application is to be looked at. */
export interface DoctorCommand {
  readonly name: 'doctor';
  /** A program, a package.json, or the directory of one. */
  readonly target: string;
  /** Whether the report is for programs. */
  readonly isJson: boolean;
  /** Whether `devDependencies` are part of the application. */
  readonly withDevelopment: boolean;
}

/** What the command line asks for. */
export type Command = { readonly name: 'help' | 'version' } | RunCommand | DoctorCommand;

const DOCTOR = 'doctor';
const DOCTOR_OPTIONS = ['--json', '--dev', '--help', '-h'];

/**
 * Reads a command line: options up to the first word that is none, which is the program; all that follows is the
 * program's. `doctor` as the first word is no program, but the command of that name.
 *
 * @param args what follows the command's name
 * @param modules the modules that there are: `--fs` patches only those that are named so, `--no-fs` all others
 * @throws {ConfigError} for an option that does not exist, and for more than one application
 *
 * Source: the command line of `gevent.monkey`.
 */
export function parseCommand(args: readonly string[], modules: readonly string[]): Command {
  if (args[0] === DOCTOR) return parseDoctor(args.slice(1));
  const end = args.findIndex((arg) => !arg.startsWith('-'));
  const options = end === -1 ? args : args.slice(0, end);
  const chosen: Record<string, boolean> = {};
  let verbose = false;
  for (const option of options) {
    if (option === '--help' || option === '-h') return { name: 'help' };
    if (option === '--version' || option === '-v') return { name: 'version' };
    if (option === '--verbose') verbose = true;
    else chosen[moduleOf(option, modules)] = !option.startsWith('--no-');
  }
  const program = args[end];
  if (program === undefined) return { name: 'help' };
  return { name: 'run', modules: completed(chosen, modules), verbose, program, args: args.slice(end + 1) };
}

function parseDoctor(args: readonly string[]): Command {
  const options = args.filter((arg) => arg.startsWith('-'));
  const targets = args.filter((arg) => !arg.startsWith('-'));
  const wrong = options.find((option) => !DOCTOR_OPTIONS.includes(option));
  if (wrong !== undefined) {
    throw new ConfigError(`There is no option '${wrong}' for the doctor; there is ${DOCTOR_OPTIONS.join(', ')}`);
  }
  if (targets.length > 1) throw new ConfigError(`The doctor sees one application at a time, not ${targets.join(', ')}`);
  if (options.includes('--help') || options.includes('-h')) return { name: 'help' };
  return {
    name: DOCTOR,
    target: targets[0] ?? '.',
    isJson: options.includes('--json'),
    withDevelopment: options.includes('--dev'),
  };
}

function moduleOf(option: string, modules: readonly string[]): string {
  const module = option.replace(/^--(no-)?/, '').replaceAll('-', '_');
  if (modules.includes(module)) return module;
  const known = ['--help', '--version', '--verbose', ...modules.map((each) => `--[no-]${each}`)];
  throw new ConfigError(`There is no option '${option}'; there is ${known.join(', ')}`);
}

// Naming a module means: these and no others.
function completed(chosen: Readonly<Record<string, boolean>>, modules: readonly string[]): Record<string, boolean> {
  if (!Object.values(chosen).includes(true)) return chosen;
  return Object.fromEntries(modules.map((module) => [module, chosen[module] ?? false]));
}
