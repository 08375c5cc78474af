import { once } from 'node:events';

import { formOfPromise } from './engine/blocking-form';
import { definePatch } from './engine/table';

declare module 'events' {
  /** The blocking form of `events.once`: suspends the greenlet until the emitter emits, and returns what is emitted. */
  function onceSync(emitter: NodeJS.EventEmitter, name: string | symbol, options?: { signal?: AbortSignal }): unknown[];
  function onceSync(target: EventTarget, name: string, options?: { signal?: AbortSignal }): unknown[];
}

/** Waiting for an event. */
export const events = definePatch({
  module: 'events',
  extensions: { onceSync: formOfPromise('onceSync', once as (...args: never[]) => unknown) },
});
