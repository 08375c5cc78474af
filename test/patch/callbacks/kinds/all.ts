import { childKinds } from './children';
import { computingKinds } from './computing';
import { fileKinds } from './files';
import { httpKinds } from './http';
import { http2Kinds } from './http2';
import type { Kinds } from './kind';
import { networkKinds } from './network';
import { hubKinds, processKinds } from './process';
import { streamKinds } from './streams';
import { threadKinds } from './threads';
import { timersKinds } from './timers';
import { tlsKinds } from './tls';

/** The programs of all kinds of callback. */
export const allKinds: Kinds = {
  ...{ ...timersKinds, ...fileKinds, ...computingKinds, ...streamKinds, ...networkKinds, ...tlsKinds },
  ...{ ...httpKinds, ...http2Kinds, ...childKinds, ...threadKinds, ...processKinds, ...hubKinds },
};
