import Module, { isBuiltin } from 'node:module';

import { setNoYield } from '../../core/hub/no-yield';
import { internals } from '../../core/internals';
import { identOf } from '../../core/switching/ident';
import { getCurrent } from '../../core/switching/raw-greenlet';
import { Import, isOwn } from './import';
import { noteFile } from './known-hazards';
import { asLoading, beginEvaluation, beginLoading } from './loading';

type Resolved = Readonly<{ filename: string }>;
type LoadArguments = [
  request: unknown,
  parent?: NodeJS.Module,
  isMain?: boolean,
  options?: Readonly<{ resolved?: Resolved }>,
];

interface Loader {
  _load(...args: LoadArguments): unknown;
  _resolveFilename(request: string, parent?: NodeJS.Module, isMain?: boolean): string;
  readonly _cache: Readonly<Record<string, NodeJS.Module>>;
  readonly prototype: { load(this: NodeJS.Module, filename: string): void };
}

const { kIsExecuting, resolveForCJSWithHooks } = internals.internalModule(
  'internal/modules/cjs/loader',
  'kIsExecuting',
) as {
  kIsExecuting: symbol;
  /** Not on Node 20. */
  resolveForCJSWithHooks?(
    request: string,
    parent: NodeJS.Module | undefined,
    isMain: boolean | undefined,
    options: object,
  ): Resolved;
};
const loader = Module as unknown as Loader;

// What is being loaded; not the main module, which may never end. By greenlets: how many modules each one loads.
const imports = new WeakMap<NodeJS.Module, Import>();
const importers = new Map<number, number>();
// Which greenlet runs the code of a module.
const executing = new WeakMap<object, number>();

/**
 * Lets greenlets that require a module which another one is loading wait for the end of that. If it fails the module is
 * no longer there, and who has waited loads it anew, as its next user does in plain Node.
 */
export function lockCommonJsModules(): void {
  waitForOthers();
  noteImports();
  noteExecution();
  loader._resolveFilename = asLoading(loader._resolveFilename);
}

// In a stack trace they get their names from where they are found.
function named<F extends object>(name: string, original: F): F {
  return Object.defineProperty(original, 'name', { value: name, configurable: true });
}

function waitForOthers(): void {
  const original = named('_load', loader._load);
  loader._load = function _load(request, parent, isMain, ...[options]) {
    if (importers.size > 0 && isImportedByOthers()) waitForModule([request, parent, isMain, options]);
    const outer = beginLoading();
    try {
      return original.call(this, request, parent, isMain, options);
    } finally {
      setNoYield(outer);
    }
  };
}

function isImportedByOthers(): boolean {
  return importers.size > 1 || !importers.has(identOf(getCurrent()));
}

function waitForModule(args: LoadArguments): void {
  for (;;) {
    const module = find(args);
    const imported = module && imports.get(module);
    if (imported === undefined || !imported.wait()) return;
  }
}

// What Node is about to find. It says itself what is wrong with a request.
function find([request, parent, isMain, options = {}]: LoadArguments): NodeJS.Module | undefined {
  if (typeof request !== 'string' || isBuiltin(request)) return undefined;
  const outer = beginLoading();
  try {
    const { filename } = options.resolved ??
      resolveForCJSWithHooks?.(request, parent, isMain, options) ?? {
        filename: loader._resolveFilename(request, parent, isMain),
      };
    return loader._cache[filename];
  } catch {
    return undefined;
  } finally {
    setNoYield(outer);
  }
}

function noteImports(): void {
  const original = named('load', loader.prototype.load);
  loader.prototype.load = function load(filename) {
    noteFile(filename);
    const imported = beginImport(this);
    const outer = beginLoading();
    try {
      Reflect.apply(original, this, arguments);
    } finally {
      setNoYield(outer);
      if (imported !== undefined) endImport(this, imported);
    }
  };
}

function beginImport(module: NodeJS.Module): Import | undefined {
  if (module === process.mainModule) return undefined;
  const imported = new Import();
  imports.set(module, imported);
  importers.set(imported.owner, (importers.get(imported.owner) ?? 0) + 1);
  return imported;
}

function endImport(module: NodeJS.Module, imported: Import): void {
  imports.delete(module);
  const left = importers.get(imported.owner)! - 1;
  if (left === 0) importers.delete(imported.owner);
  else importers.set(imported.owner, left);
  imported.end();
}

// Node marks a module right before it runs its code: by that it also finds circles with ES modules. A wrapper around
// what runs the code would be one more frame per module in every stack trace.
function noteExecution(): void {
  Object.defineProperty(loader.prototype, kIsExecuting, {
    configurable: true,
    get(this: object) {
      const owner = executing.get(this);
      return owner !== undefined && isOwn(owner);
    },
    set(this: object, isExecuting: boolean) {
      if (!isExecuting) {
        executing.delete(this);
        return;
      }
      executing.set(this, identOf(getCurrent()));
      beginEvaluation();
    },
  });
}
