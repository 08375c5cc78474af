import { later } from '../../core/hub/later';
import { assertCanBlock } from '../../core/waiting/waiter';
import { begin } from './begin';
import { restack } from './restack';
import type { ModuleFunction } from './table';

const bridge = later<typeof import('../../core/bridges/bridge')>(require, '../../core/bridges/bridge');

type Body = (this: never, ...args: never[]) => unknown;

/**
 * Makes a function that Node does not have, the blocking form of one that it has. Where nothing can block it throws before
 * anything has begun.
 *
 * @param name its name
 * @param body what it does in a greenlet; an error that comes from elsewhere gets the frames of the call
 */
export function blockingForm(name: string, body: Body): ModuleFunction {
  const form = {
    [name](this: unknown, ...args: unknown[]): unknown {
      assertCanBlock();
      try {
        return Reflect.apply(body as ModuleFunction, this, args as never[]);
      } catch (error) {
        restack(error, form);
        throw error;
      }
    },
  }[name] as ModuleFunction;
  return form;
}

/** The blocking form of a function that takes a Node callback: returns what the callback is given. */
export function formOfCallback(
  name: string,
  start: ModuleFunction,
  resultOf: (results: readonly unknown[], args: readonly unknown[]) => unknown = ([result]) => result,
): ModuleFunction {
  return blockingForm(name, function (this: unknown, ...args: unknown[]) {
    return resultOf(begin(start, this, args).get(), args);
  });
}

/** The blocking form of a function that returns a promise. */
export function formOfPromise(name: string, start: (this: never, ...args: never[]) => unknown): ModuleFunction {
  return blockingForm(name, function (this: unknown, ...args: unknown[]) {
    return bridge().waitPromise(Reflect.apply(start as ModuleFunction, this, args as never[]));
  });
}
