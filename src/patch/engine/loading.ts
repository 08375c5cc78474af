/**
 * Node's loaders of modules resolve and read with public functions of the file system, and rely on nothing happening in
 * between: what they have begun is seen by all. So nothing is suspended in them, nor in the hooks that a program has put
 * into them. The code of the modules, which runs in between, may be.
 */
import Module from 'node:module';

import { setNoYield, whyNoYield } from '../../core/hub/no-yield';
import { internals } from '../../core/internals';

type Hooks = { readonly resolve?: unknown } | null | undefined;
type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

const LOADING = 'while a module is loaded';
const { translators } = internals.internalModule('internal/modules/esm/translators', 'translators') as {
  translators: Map<string, AnyFunction>;
};
const { getOrInitializeCascadedLoader } = internals.internalModule(
  'internal/modules/esm/loader',
  'getOrInitializeCascadedLoader',
) as {
  getOrInitializeCascadedLoader(): object;
};
// By which a loader of ES modules gets at a module, or at what it imports; each line has some of them.
const METHODS = [
  ...['getModuleJobForImport', 'getModuleJobForRequireInImportedCJS', 'getModuleJobForRequire', 'getOrCreateModuleJob'],
  ...['importSyncForRequire', 'resolve', 'resolveSync', 'load'],
];

/** Begins work of a loader. Returns what `setNoYield` is to be given in the end. */
export function beginLoading(): string | undefined {
  const outer = whyNoYield();
  if (outer === undefined) setNoYield(LOADING);
  return outer;
}

/** Begins the evaluation of a module, in the midst of a loader's work or not. Returns what `setNoYield` is to be given in the end. */
export function beginEvaluation(): string | undefined {
  const outer = whyNoYield();
  if (outer === LOADING) setNoYield(undefined);
  return outer;
}

/** Wraps a function of a loader. */
export function asLoading<F extends (this: never, ...args: never[]) => unknown>(original: F): F {
  const replacement = function (this: unknown): unknown {
    const outer = beginLoading();
    try {
      return Reflect.apply(original as unknown as AnyFunction, this, arguments);
    } finally {
      setNoYield(outer);
    }
  };
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(replacement, property, { value: original[property], configurable: true });
  }
  return replacement as unknown as F;
}

// The hooks of a program are called by a loader that is at work, but for one that resolves what is required.
function guardHooks(): void {
  const loader = Module as unknown as { registerHooks?: (hooks: Hooks) => unknown };
  const { registerHooks: original } = loader;
  if (original === undefined) return;
  loader.registerHooks = function registerHooks(hooks) {
    const resolve = hooks?.resolve;
    if (typeof resolve !== 'function') return original(hooks);
    return original(Object.create(hooks!, { resolve: { value: asLoading(resolve as AnyFunction) } }) as Hooks);
  };
}

/** Keeps greenlets from being suspended while the loader of ES modules is at work, or a hook of either loader. */
export function guardModuleLoader(): void {
  const prototype = Object.getPrototypeOf(getOrInitializeCascadedLoader()) as Record<string, AnyFunction | undefined>;
  for (const name of METHODS) {
    const original = prototype[name];
    if (original !== undefined) prototype[name] = asLoading(original);
  }
  // What makes a module of what was read: for one in CommonJS it reads those whose names that passes on.
  for (const [format, translate] of [...translators]) translators.set(format, asLoading(translate));
  guardHooks();
}
