/**
 * Node resolves and reads modules with public functions of the file system. They must not yield then: another greenlet
 * would see the module half-initialised. The module's own code, which runs in between, may.
 */
import Module from 'node:module';

import { internals } from '../../core/internals';
import { callWithoutYield } from '../../core/no-yield';

type Compile = (this: unknown, content: string, filename: string, ...rest: unknown[]) => unknown;
type Extension = (module: NodeJS.Module, filename: string) => unknown;

const { translators } = internals.require('internal/modules/esm/translators') as {
  translators: Map<string, (this: unknown, ...args: unknown[]) => unknown>;
};

function guarded<F extends (this: never, ...args: never[]) => unknown>(original: F): F {
  return function (this: unknown, ...args: unknown[]) {
    return callWithoutYield('while a module is loaded', original, this, args);
  } as unknown as F;
}

/** Keeps greenlets from being suspended while a loader of modules is at work. */
export function guardLoading(): void {
  guardCommonJs();
  guardTranslators();
}

// What makes ES modules of what was read: for one in CommonJS it reads the modules whose names that passes on.
function guardTranslators(): void {
  for (const [format, translate] of [...translators]) translators.set(format, guarded(translate));
}

function guardCommonJs(): void {
  const loader = Module as unknown as {
    _resolveFilename: (...args: never[]) => string;
    _extensions: Record<string, Extension>;
    prototype: { _compile: Compile };
  };
  loader._resolveFilename = guarded(loader._resolveFilename);
  for (const [extension, read] of Object.entries(loader._extensions)) loader._extensions[extension] = guarded(read);
  const compile = loader.prototype._compile;
  loader.prototype._compile = function (...args) {
    return callWithoutYield(undefined, compile, this, args);
  };
}
