import { ifSupported } from '../internals';
import type * as Context from './async-context';

export type { Luggage } from './async-context';

const load = require;

/**
 * What a greenlet takes along of Node's async context, and the ways to take it: by Node's internals, where they are. To be
 * taken out where it is used: of exports that are set when all is loaded, V8 inlines nothing.
 */
export const context = (ifSupported(() => load('./async-context') as typeof Context) ??
  load('./public-context')) as typeof Context;
