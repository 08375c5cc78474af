/** A worker that Node starts without the loader, although its process has it, is warned of: what blocks there blocks it. */
import path from 'node:path';

import { internals } from '../../core/internals';
import { ROOT } from '../../core/support';
import { captureFrames, linesOf } from '../../core/switching/stack-trace';
import { hideFramesOf } from './hidden-frames';
import { hasLoader, nodeOptionsOf, valuesOf } from './loader-options';
import { issueWarnings, queueWarning } from './warnings';

/** What Node tells a new thread first: where its program is, or its source text. */
interface Script {
  readonly filename: string;
  /** Unless it is a file, of which kind the text is: `eval` is 'classic', a data URL 'module'. */
  readonly doEval?: 'classic' | 'module' | false;
}

interface Port {
  postMessage?: (script: Script, transferList: unknown) => void;
}

/** The part of a Worker that is in C++; with options that Node is about to refuse it has no port. */
type Thread = new (...args: unknown[]) => { readonly messagePort?: Port };

/** What a thread is started with: undefined or null is what its process has. */
interface Start {
  readonly env: NodeJS.ProcessEnv | null | undefined;
  readonly execArgv: readonly string[] | null | undefined;
  readonly script: Script;
}

const OUR_FILES = path.join(ROOT, 'dist', 'src') + path.sep;
const NODE_FRAME = /[ (]node:/;
const IN_PACKAGE = /[\\/]node_modules[\\/]/;
// Nobody looks for who starts a worker any deeper.
const MOST_FRAMES = 20;
const CALLS_PATCH = /\bpatchAll\(|\bunblock\/loader\b/;

const threads = internals.internalBinding('worker', 'Worker') as { Worker: Thread };
const { containsModuleSyntax } = internals.internalBinding('contextify', 'containsModuleSyntax') as {
  containsModuleSyntax(text: string, name: string, resource: null, variables: string): boolean;
};

/**
 * Notes what workers are started with, if the process was started with the loader. Node's class of workers stays as it is;
 * one that Node has loaded before is not noted.
 */
export function watchWorkers(): void {
  if (!hasLoader(process.execArgv) && !hasLoader(nodeOptionsOf(process.env))) return;
  hideFramesOf(__filename);
  const handler: ProxyHandler<Thread> = {
    construct(thread, args: unknown[]) {
      const handle = Reflect.construct(thread, args) as InstanceType<Thread>;
      const [, env, execArgv, , , isInternal] = args as [unknown, Start['env'], Start['execArgv'], ...unknown[]];
      if (isInternal !== true && handle.messagePort !== undefined) {
        onFirstMessage(handle.messagePort, (script) => {
          if (noteStart({ env, execArgv, script })) delete handler.construct;
        });
      }
      return handle;
    },
  };
  threads.Worker = new Proxy(threads.Worker, handler);
}

function onFirstMessage(port: Port, note: (script: Script) => void): void {
  port.postMessage = function (...args) {
    delete port.postMessage;
    port.postMessage!(...args);
    note(args[0]);
  };
}

function noteStart(start: Start): boolean {
  const why = whyPlain(start);
  const place = why === undefined ? undefined : placeInProgram();
  if (place === undefined) return false;
  queueWarning(
    'UNBLOCK_PLAIN_WORKER',
    `A worker is started without the loader, ${place}: ${why}. What blocks there blocks its thread, unless it calls ` +
      'patchAll() by itself.',
  );
  issueWarnings();
  return true;
}

// As Node goes about it: arguments and variables that are not given are those of the process.
function whyPlain({ env, execArgv, script: { doEval, filename } }: Start): string | undefined {
  const options = [...nodeOptionsOf(env ?? process.env), ...(execArgv ?? process.execArgv)];
  if (!hasLoader(options) && (env ?? execArgv)) {
    return hasLoader(process.execArgv) && execArgv
      ? 'its execArgv is without the --import that the process has'
      : 'its env is without the NODE_OPTIONS that the process has';
  }
  if (doEval !== 'classic' || isModule(filename, options) || CALLS_PATCH.test(filename)) return undefined;
  return 'for source text that is no ES module (eval: true) Node runs no --import';
}

function isModule(text: string, options: readonly string[]): boolean {
  const type = valuesOf(options, '--input-type').at(-1);
  if (type !== undefined) return type.startsWith('module');
  return containsModuleSyntax(text, '[worker eval]', null, 'no CJS variables');
}

// Undefined if a package starts it, or we ourselves: most of those only compute.
function placeInProgram(): string | undefined {
  const frames = linesOf(captureFrames(MOST_FRAMES));
  const isOfNode = (line: string): boolean => NODE_FRAME.test(line);
  const caller = frames.slice(frames.findIndex(isOfNode)).find((line) => !isOfNode(line));
  return caller === undefined || caller.includes(OUR_FILES) || IN_PACKAGE.test(caller) ? undefined : caller.trim();
}
