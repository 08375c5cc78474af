/**
 * Whether Node is resolving or reading a module right now. It must not yield then: another greenlet would see the
 * module half-initialised. The module's own code, which runs in between, may.
 */
import Module from 'node:module';

type Compile = (this: unknown, content: string, filename: string, ...rest: unknown[]) => unknown;
type Extension = (module: NodeJS.Module, filename: string) => unknown;

let depth = 0;

/** True between the moment Node starts to look for a module and the moment its code starts to run. */
export function isLoading(): boolean {
  return depth > 0;
}

function counted<F extends (this: never, ...args: never[]) => unknown>(original: F): F {
  return function (this: unknown, ...args: unknown[]) {
    depth++;
    try {
      return Reflect.apply(original, this as never, args as never[]);
    } finally {
      depth--;
    }
  } as unknown as F;
}

/** Starts to watch the loader of CommonJS modules. */
export function watchLoading(): void {
  const loader = Module as unknown as {
    _resolveFilename: (...args: never[]) => string;
    _extensions: Record<string, Extension>;
    prototype: { _compile: Compile };
  };
  loader._resolveFilename = counted(loader._resolveFilename);
  for (const [extension, read] of Object.entries(loader._extensions)) loader._extensions[extension] = counted(read);
  const compile = loader.prototype._compile;
  loader.prototype._compile = function (...args) {
    const outer = depth;
    depth = 0;
    try {
      return Reflect.apply(compile, this, args);
    } finally {
      depth = outer;
    }
  };
}
