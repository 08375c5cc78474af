import { EventEmitter } from 'node:events';
import type Http from 'node:http';
import type Streams from 'node:stream';

import { whenLoaded } from '../../core/builtins';
import { carry } from '../../core/hub/carrier';
import { callWhenFree, endTurn, hasTurns, isTaken } from '../../core/hub/turn-order';
import { getMain, peekCurrent } from '../../core/switching/raw-greenlet';
import { callInTurn, takeTurn } from './in-turn';

type Emit = (this: Emitter, event: string | symbol, ...args: unknown[]) => boolean;
type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Read = (this: Source, size?: number) => unknown;
type Push = (this: Source, chunk: unknown, encoding?: BufferEncoding) => boolean;

interface Emitter {
  _events?: Record<string | symbol, unknown>;
}

interface Source {
  _readableState: { sync: boolean; flowing: boolean | null };
  read(size?: number): unknown;
}

const main = getMain();
// Looked up at each call: a program may replace it later.
const inherited = EventEmitter.prototype as unknown as { emit: Emit };
const { emit: stock } = inherited;

const inTurn: Emit = function (event) {
  takeTurn(this, event === 'close');
  try {
    return Reflect.apply(inherited.emit, this, arguments);
  } finally {
    endTurn(this);
  }
};

/** Makes each event of an emitter its turn; 'close' is the last one. */
export function emitInTurn(prototype: object): void {
  const emit: Emit = function (event) {
    // Most events have no listener. Without one, all that Node's own function does is to throw an error.
    if (this._events?.[event] === undefined) {
      if (inherited.emit === stock && event !== 'error' && this._events !== undefined) return false;
      return Reflect.apply(inherited.emit, this, arguments);
    }
    if (peekCurrent() === main) return carry(inTurn, this, arguments) !== false;
    return Reflect.apply(inTurn, this, arguments);
  };
  Object.defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true });
}

// A request and its response go over one socket: the one that is written does not close before the one that is read is through.
function closeAfterOther(prototype: object): void {
  const emitInItsTurn = Reflect.get(prototype, 'emit') as Emit;
  const emit: Emit = function (event) {
    if (event === 'close' && this._events?.close !== undefined) {
      const { req, res } = this as { req?: object; res?: object | null };
      const other = req ?? res ?? this;
      takeTurn(other, true);
      endTurn(other);
    }
    return Reflect.apply(emitInItsTurn, this, arguments);
  };
  Object.defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true });
}

// While a listener is suspended what comes is kept in the stream's buffer, up to its mark, instead of waiting in a greenlet
// each. To the stream it is as if its source were still in the middle of `_read`. So is what comes on the hub: its events
// follow in a tick, where a listener can be suspended.
function bufferMeanwhile(prototype: object): void {
  const original = Reflect.get(prototype, 'push') as Push;
  const push: Push = function (_chunk, _encoding) {
    if (peekCurrent() !== main && !isTakenByOther(this)) return Reflect.apply(original, this, arguments);
    const state = this._readableState;
    const { sync } = state;
    state.sync = true;
    try {
      return Reflect.apply(original, this, arguments);
    } finally {
      state.sync = sync;
    }
  };
  Object.defineProperty(prototype, 'push', { value: push, writable: true, configurable: true });
}

// A stream that flows is read to emit what is read, and any is read ahead, by `read(0)`. Not while a listener is suspended,
// but afterwards: that listener may have been called by a source that is in the middle of what it has to push.
function readLater(prototype: object): void {
  const original = Reflect.get(prototype, 'read') as Read;
  const later = new WeakSet<Source>();
  const read = {
    read(this: Source, size?: number): unknown {
      const isForItself = size === undefined ? this._readableState.flowing : size === 0;
      if (!isForItself || !isTakenByOther(this)) return Reflect.apply(original, this, arguments);
      if (!later.has(this)) {
        later.add(this);
        callWhenFree(this, () => {
          later.delete(this);
          process.nextTick(readOn, this);
        });
      }
      return null;
    },
  }.read;
  Object.defineProperty(prototype, 'read', { value: read, writable: true, configurable: true });
}

function readOn(stream: Source): void {
  stream.read(0);
  while (stream._readableState.flowing && stream.read() !== null);
}

function isTakenByOther(stream: object): boolean {
  return hasTurns() && isTaken(stream);
}

// The callback of `end` is called between the stream's last work and its 'finish'.
function endInTurn(prototype: object): void {
  const original = Reflect.get(prototype, 'end') as AnyFunction;
  const end = {
    end(this: object): unknown {
      for (let index = 0; index < arguments.length; index++) {
        if (typeof arguments[index] !== 'function') continue;
        const callback = arguments[index] as AnyFunction;
        arguments[index] = (...results: unknown[]) => callInTurn(this, callback, this, results);
        break;
      }
      return Reflect.apply(original, this, arguments);
    },
  }.end;
  Object.defineProperty(prototype, 'end', { value: end, writable: true, configurable: true });
}

/**
 * Keeps the events of each stream in their order while a listener is suspended: a stream does not
 * end before its last data has been dealt with. Servers and other emitters go on meanwhile.
 */
export function keepStreamsInOrder(): void {
  whenLoaded('stream', ({ Duplex, Readable, Stream, Writable }: typeof Streams) => {
    emitInTurn(Stream.prototype);
    endInTurn(Writable.prototype);
    endInTurn(Duplex.prototype);
    bufferMeanwhile(Readable.prototype);
    readLater(Readable.prototype);
  });
  whenLoaded('_http_outgoing', ({ OutgoingMessage }: typeof Http) => {
    closeAfterOther(OutgoingMessage.prototype);
    endInTurn(OutgoingMessage.prototype);
  });
}
