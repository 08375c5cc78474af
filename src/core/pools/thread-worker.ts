/** What runs in the worker threads of a ThreadPool, for each job. Loads nothing else of ours. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { Job, JobOutcome } from './thread-job';

type AnyFunction = (...args: unknown[]) => unknown;

// What a function that was sent as its source sees besides the globals: packages as the program's directory finds them.
const load = createRequire(join(process.cwd(), 'program.js'));
const bySource = new Map<string, AnyFunction>();

/** Does a job; the name is what the pool of threads asks for. */
export async function runJob(job: Job): Promise<JobOutcome> {
  try {
    const fn = 'source' in job ? fromSource(job.source) : await fromModule(job.module, job.name);
    return { value: await fn(...job.args) };
  } catch (error) {
    return error instanceof Error ? failureOf(error) : { error };
  }
}

// What is sent becomes an error of the class that its name says, if that is one of the language's.
function failureOf(error: Error): JobOutcome {
  const { name } = error;
  const properties = Object.fromEntries(Object.entries(error).filter(([, value]) => isSendable(value)));
  Object.defineProperty(error, 'name', { value: builtinNameOf(error), configurable: true });
  return { error, name, properties };
}

function builtinNameOf(error: Error): string {
  const builtin = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].find(
    (each) => error instanceof each,
  );
  return builtin?.name ?? 'Error';
}

function isSendable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function fromSource(source: string): AnyFunction {
  let fn = bySource.get(source);
  if (fn === undefined) {
    fn = compile(source);
    bySource.set(source, fn);
  }
  return fn;
}

function compile(source: string): AnyFunction {
  try {
    return new Function('require', `return (${source})`)(load) as AnyFunction;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // A method's source is no expression by itself.
    const holder = new Function('require', `return ({ ${source} })`)(load) as Record<string, AnyFunction>;
    return Object.values(holder)[0]!;
  }
}

async function fromModule(specifier: string, name: string): Promise<AnyFunction> {
  const isUrl = /^[a-z]+:/.test(specifier);
  const exported = (await import(isUrl ? specifier : load.resolve(specifier))) as Record<string, unknown>;
  // What a CommonJS module exports is not always found by name.
  const fn = exported[name] ?? (exported.default as Record<string, unknown> | undefined)?.[name];
  if (typeof fn !== 'function') throw new TypeError(`${specifier} exports no function ${name}`);
  return fn as AnyFunction;
}
