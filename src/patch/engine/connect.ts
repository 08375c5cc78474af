import type { Socket } from 'node:net';

import type { WaitLimits } from '../../core/bridges/abort-signal';
import { awaitEvent } from './await-event';
import type { ModuleFunction } from './table';

type Connect = (this: unknown, ...args: unknown[]) => Socket;

/**
 * Connects, and waits until that is done. A connection that is given up is closed.
 *
 * @param connect makes the socket
 * @param args its arguments; a last object with `timeout` or `signal` beside others says how long to wait
 * @param event what the socket emits when it is connected
 */
export function connectWith<S extends Socket>(connect: ModuleFunction, args: readonly unknown[], event: string): S {
  const socket = Reflect.apply(connect as Connect, undefined, args) as S;
  try {
    awaitEvent(socket, [event], 'connect', limitsIn(args));
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function limitsIn(args: readonly unknown[]): WaitLimits {
  const { timeout, signal } = Object(args.at(-1)) as WaitLimits;
  return { timeout, signal };
}
