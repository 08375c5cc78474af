/** Node's modules as they are loaded: what is done to one only then costs nothing in programs that never use it. */
import { ifSupported, internals } from './internals';

interface Builtin {
  readonly id: string;
  readonly exports: object;
  readonly loaded: boolean;
  /** The names that ES modules see; undefined until a program gets hold of the module. */
  exportKeys?: string[];
  /** What ES modules see; undefined until one imports the module. */
  readonly module?: object;
  compileForInternalLoader(): unknown;
}

interface Realm {
  readonly BuiltinModule: { readonly map: ReadonlyMap<string, Builtin>; readonly prototype: Builtin };
}

const realm = ifSupported(() => internals.internalModule('internal/bootstrap/realm', 'BuiltinModule') as Realm);
const load = require;
const awaited = new Map<string, Array<(exports: never) => void>>();
let isWatching = false;

/**
 * Has a function called with a module's exports before any program sees them: at once if the module is loaded already,
 * else when Node loads it, for itself or for a program. Where Node does not show what it has loaded, it is loaded.
 *
 * @param id the module's name, without `node:`; one that this Node does not have is never loaded
 */
export function whenLoaded(id: string, use: (exports: never) => void): void {
  if (realm === undefined) {
    use(load(id) as never);
    return;
  }
  const builtin = realm.BuiltinModule.map.get(id);
  if (builtin?.loaded) {
    use(builtin.exports as never);
    showNames(builtin);
    return;
  }
  watch(realm.BuiltinModule.prototype);
  awaited.set(id, [...(awaited.get(id) ?? []), use]);
}

/** Whether a module is not loaded yet that somebody waits for. */
export function isAwaited(id: string): boolean {
  return awaited.has(id);
}

// Every way to a module of Node's leads here.
function watch(prototype: Builtin): void {
  if (isWatching) return;
  isWatching = true;
  const { compileForInternalLoader } = prototype;
  prototype.compileForInternalLoader = function (this: Builtin): unknown {
    const exports = Reflect.apply(compileForInternalLoader, this, []);
    const uses = awaited.get(this.id);
    // In a circle of modules it is asked for before it is complete.
    if (uses !== undefined && this.loaded) {
      awaited.delete(this.id);
      for (const use of uses) use(this.exports as never);
      showNames(this);
    }
    return exports;
  };
}

// Names that were added can be imported as well, unless an ES module has imported the module before. Who adds some has got
// hold of the module for that.
function showNames(builtin: Builtin): void {
  if (builtin.exportKeys !== undefined && builtin.module === undefined) {
    builtin.exportKeys = Object.keys(builtin.exports);
  }
}
