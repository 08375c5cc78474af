import { createRequire } from 'node:module';

import { ifSupported } from '../internals';
import type * as Context from './async-context';

export type { Luggage } from './async-context';

const load = createRequire(__filename);

/** What a greenlet takes along of Node's async context, and the ways to take it: by Node's internals, where they are. */
export const { MAINS, begin, drop, inherit, leaveMain, pack, share, unpack, whyBound } = (ifSupported(() =>
  load('./async-context'),
) ?? load('./public-context')) as typeof Context;
