import { BroadcastChannel, MessageChannel, Worker } from 'node:worker_threads';

import type { Kinds, Program } from './kind';

const SPEAKER = `
  const { parentPort } = require('node:worker_threads');
  for (const text of ['one', 'two', 'three']) parentPort.postMessage(text);`;

const watching = (blocked: 'online' | 'message' | 'exit'): Program => {
  return (block, end) => {
    const seen: unknown[] = [];
    const blockAt = (place: typeof blocked): void => {
      if (place === blocked) block();
    };
    const worker = new Worker(SPEAKER, { eval: true });
    // It comes by a port of its own, on a busy machine even after the first message.
    let isOnline = false;
    worker.on('online', () => {
      blockAt('online');
      isOnline = true;
    });
    worker.on('message', (message) => {
      blockAt('message');
      seen.push(message);
    });
    worker.on('exit', (code) => {
      blockAt('exit');
      end([...seen, code, isOnline]);
    });
  };
};

/** Threads and what they say to each other. */
export const threadKinds: Kinds = {
  "a worker's online": watching('online'),
  "a worker's message": watching('message'),
  "a worker's exit": watching('exit'),
  "a worker's error": (block, end) => {
    const worker = new Worker(`throw new Error('failed')`, { eval: true });
    worker.on('error', (error: Error) => {
      block();
      end(error.message);
    });
  },
  "a worker's output": (block, end) => {
    const worker = new Worker(`process.stdout.write('text')`, { eval: true, stdout: true });
    let text = '';
    worker.stdout.on('data', (data) => {
      block();
      text += String(data);
    });
    worker.stdout.on('end', () => end(text));
  },
  "a port's message": (block, end) => {
    const { port1, port2 } = new MessageChannel();
    const seen: unknown[] = [];
    port1.on('message', (message) => {
      block();
      if (seen.push(message) === 3) port1.close();
    });
    port1.on('close', () => end(seen));
    for (const number of [1, 2, 3]) port2.postMessage(number);
  },
  "a port's onmessage": (block, end) => {
    const { port1, port2 } = new MessageChannel();
    // @types/node has no onmessage of a port.
    (port1 as unknown as { onmessage: (event: { data: unknown }) => void }).onmessage = ({ data }) => {
      block();
      port1.close();
      end(data);
    };
    port2.postMessage('text');
  },
  "a port's close": (block, end) => {
    const { port1, port2 } = new MessageChannel();
    port1.on('close', () => {
      block();
      end();
    });
    port2.close();
  },
  "a BroadcastChannel's message": (block, end) => {
    const [listener, speaker] = [new BroadcastChannel('kinds'), new BroadcastChannel('kinds')];
    const seen: unknown[] = [];
    listener.onmessage = (event: unknown) => {
      block();
      if (seen.push((event as { data: unknown }).data) < 3) return;
      listener.close();
      speaker.close();
      end(seen);
    };
    for (const number of [1, 2, 3]) speaker.postMessage(number);
  },
};
