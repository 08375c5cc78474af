import { performance, PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

import type { Kinds } from './kind';

/** What Node itself has to say. */
export const processKinds: Kinds = {
  'a PerformanceObserver': (block, end) => {
    const observer = new PerformanceObserver((list) => {
      observer.disconnect();
      block();
      end(list.getEntries().map(({ name }) => name));
    });
    observer.observe({ entryTypes: ['mark'] });
    performance.mark('mark');
  },
  unhandledRejection: (block, end) => {
    process.once('unhandledRejection', (reason) => {
      block();
      end(reason);
    });
    void Promise.reject('reason');
  },
  'a warning': (block, end) => {
    process.once('warning', ({ message }) => {
      block();
      end(message);
    });
    process.emitWarning('careful');
  },
  // Only the main thread gets signals.
  ...(isMainThread && {
    'a signal': (block, end) => {
      process.once('SIGUSR2', (signal) => {
        block();
        end(signal);
      });
      const alive = setInterval(() => undefined, 1000);
      process.kill(process.pid, 'SIGUSR2');
      setTimeout(() => clearInterval(alive), 100);
    },
  }),
};

/** Callbacks that block for real: nothing can be suspended there. */
export const hubKinds: Kinds = {
  'a FinalizationRegistry': (block, end) => {
    const registry = new FinalizationRegistry((held) => {
      clearInterval(collecting);
      block();
      end(held);
    });
    (() => registry.register({}, 'held'))();
    const collecting = setInterval(() => globalThis.gc!(), 1);
  },
  uncaughtException: (block, end) => {
    process.once('uncaughtException', (error) => {
      block();
      end(error.message);
    });
    setTimeout(() => {
      throw new Error('thrown');
    }, 1);
  },
};
