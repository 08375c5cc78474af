import { once, EventEmitter } from 'node:events';
import * as timers from 'node:timers';
import * as promises from 'node:timers/promises';
import { promisify } from 'node:util';

import type { Kinds } from './kind';

const EMPTY_WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

/** Timers, ticks, microtasks and promises. */
export const timersKinds: Kinds = {
  'an async function before its first await': async (block, end) => {
    block();
    await null;
    end('went on');
  },
  'an async function after an await': async (block, end) => {
    await null;
    block();
    await null;
    end('went on');
  },
  'a promise callback': (block, end) => {
    const seen: string[] = [];
    void Promise.resolve()
      .then(() => {
        block();
        seen.push('first');
      })
      .then(() => end([...seen, 'second']));
  },
  'a rejection callback': (block, end) => {
    Promise.reject(new Error('reason')).catch((error: Error) => {
      block();
      end(error.message);
    });
  },
  'a thenable': (block, end) => {
    const thenable: PromiseLike<string> = {
      then: ((resolve: (value: string) => void) => {
        block();
        resolve('adopted');
      }) as PromiseLike<string>['then'],
    };
    void Promise.resolve(thenable).then(end);
  },
  'an async generator': async (block, end) => {
    const seen: number[] = [];
    const numbers = async function* (): AsyncGenerator<number> {
      for (const number of [1, 2]) {
        block();
        yield number;
      }
    };
    for await (const number of numbers()) seen.push(number);
    end(seen);
  },
  queueMicrotask: (block, end) => {
    queueMicrotask(() => {
      block();
      end();
    });
  },
  nextTick: (block, end) => {
    process.nextTick(
      (...args: number[]) => {
        block();
        end(args);
      },
      1,
      2,
    );
  },
  setTimeout: (block, end) => {
    setTimeout(
      (...args: number[]) => {
        block();
        end(args);
      },
      1,
      1,
      2,
    );
  },
  setInterval: (block, end) => {
    let turns = 0;
    const interval = setInterval(() => {
      block();
      if (++turns < 3) return;
      clearInterval(interval);
      end(turns);
    }, 1);
  },
  setImmediate: (block, end) => {
    setImmediate(
      (...args: number[]) => {
        block();
        end(args);
      },
      1,
      2,
    );
  },
  'setTimeout of the module': (block, end) => {
    timers.setTimeout(() => {
      block();
      end();
    }, 1);
  },
  'a timer that is refreshed in its own callback': (block, end) => {
    let turns = 0;
    const timer = setTimeout(() => {
      if (++turns === 3) return end(turns);
      timer.refresh();
      block();
    }, 1);
  },
  'a promise callback of a timer': (block, end) => {
    setTimeout(() => {
      void Promise.resolve('value').then((value) => {
        block();
        end(value);
      });
    }, 1);
  },
  'a tick of a timer': (block, end) => {
    setTimeout(() => {
      process.nextTick(() => {
        block();
        end();
      });
    }, 1);
  },
  'a microtask of an immediate': (block, end) => {
    setImmediate(() => {
      queueMicrotask(() => {
        block();
        end();
      });
    });
  },
  'the promise of a promisified setTimeout': (block, end) => {
    void promisify(setTimeout)(1, 'value').then((value) => {
      block();
      end(value);
    });
  },
  'the promise of a promisified setImmediate': (block, end) => {
    void promisify(setImmediate)('value').then((value) => {
      block();
      end(value);
    });
  },
  'timers/promises setTimeout': (block, end) => {
    void promises.setTimeout(1, 'value').then((value) => {
      block();
      end(value);
    });
  },
  'timers/promises setInterval': async (block, end) => {
    const seen: unknown[] = [];
    for await (const value of promises.setInterval(1, 'value')) {
      block();
      if (seen.push(value) === 2) break;
    }
    end(seen);
  },
  'timers/promises scheduler': (block, end) => {
    void promises.scheduler.yield().then(() => {
      block();
      end();
    });
  },
  'an await of a promise that a timer resolves': async (block, end) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    block();
    end();
  },
  'events.once': (block, end) => {
    const emitter = new EventEmitter();
    void once(emitter, 'event').then(([value]: unknown[]) => {
      block();
      end(value);
    });
    emitter.emit('event', 7);
  },
  'an event of an emitter': (block, end) => {
    const emitter = new EventEmitter();
    const seen: string[] = [];
    emitter.on('event', () => {
      block();
      seen.push('first');
    });
    emitter.on('event', () => seen.push('second'));
    setTimeout(() => {
      emitter.emit('event');
      end(seen);
    }, 1);
  },
  'an event of an EventTarget': (block, end) => {
    const target = new EventTarget();
    target.addEventListener('ping', () => {
      block();
      end();
    });
    setTimeout(() => target.dispatchEvent(new Event('ping')), 1);
  },
  'AbortSignal.timeout': (block, end) => {
    AbortSignal.timeout(2).onabort = function () {
      block();
      end(String((this as AbortSignal).reason));
    };
    // The signal's own timer does not keep the process.
    setTimeout(() => undefined, 50);
  },
  'an abort': (block, end) => {
    const controller = new AbortController();
    controller.signal.addEventListener('abort', () => {
      block();
      end(controller.signal.aborted);
    });
    setImmediate(() => controller.abort());
  },
  'the promise of Atomics.waitAsync': (block, end) => {
    const waitAsync = (
      Atomics as unknown as {
        waitAsync(array: Int32Array, index: number, value: number, ms: number): { value: Promise<string> };
      }
    ).waitAsync;
    void waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2).value.then((outcome) => {
      block();
      end(outcome);
    });
    setTimeout(() => undefined, 50);
  },
  'the promise of WebAssembly.compile': (block, end) => {
    // @types/node has no WebAssembly without the DOM.
    const { compile } = (globalThis as unknown as { WebAssembly: { compile(code: Uint8Array): Promise<object> } })
      .WebAssembly;
    void compile(EMPTY_WASM).then((module) => {
      block();
      end(String(module));
    });
  },
};
