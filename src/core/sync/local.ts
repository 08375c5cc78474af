import { inspect } from 'node:util';

import { checkFunction } from '../argument-checks';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { kLife } from '../symbols';

/**
 * Storage of which each greenlet has its own: a greenlet that asks for its value for the first time gets a new one. Unlike
 * what is in an AsyncLocalStorage, it is not handed on to the greenlets and callbacks that this one starts. A value is let
 * go when its greenlet has finished, or when nobody has the Local any more.
 *
 * @example
 * const request = new Local(() => ({ user: '' }));
 * request.value.user = 'ada';             // nobody else sees it
 *
 * const bag = new Local();                // without a function, a value is an object without properties
 * bag.value.anything = 1;
 *
 * Source: `gevent.local.local`; what is an attribute there is a property of `value` here.
 */
export class Local<T = Record<PropertyKey, unknown>> {
  readonly #initial: () => T;
  readonly #values = new WeakMap<object, T>();

  /**
   * Makes a storage.
   *
   * @param initial makes a greenlet's value; objects without properties unless given
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for an `initial` that is no function
   */
  constructor();
  constructor(initial: () => T);
  constructor(initial: unknown = () => ({})) {
    checkFunction(initial, 'initial');
    this.#initial = initial as () => T;
  }

  /** The current greenlet's value. */
  get value(): T {
    const key = currentLife();
    const value = this.#values.get(key);
    if (value !== undefined || this.#values.has(key)) return value as T;
    const made = (0, this.#initial)();
    this.#values.set(key, made);
    return made;
  }

  set value(value: T) {
    this.#values.set(currentLife(), value);
  }

  /** Whether the current greenlet has a value already. */
  get hasValue(): boolean {
    return this.#values.has(currentLife());
  }

  /** Lets go of the current greenlet's value, so that it gets a new one the next time. */
  clear(): void {
    this.#values.delete(currentLife());
  }

  [inspect.custom](): string {
    return this.hasValue ? `Local { ${inspect(this.value)} }` : 'Local {}';
  }
}

function currentLife(): object {
  const current = getCurrent() as RawGreenlet & { [kLife]?: object };
  return current[kLife] ?? current;
}
