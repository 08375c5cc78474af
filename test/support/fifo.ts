import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants;

/** Calls a function with the path of a named pipe: a file whose descriptors can be polled, and are not Node's own. */
function withFifo<T>(use: (fifo: string) => T): T {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-fifo-'));
  const fifo = path.join(directory, 'fifo');
  try {
    execFileSync('mkfifo', [fifo]);
    return use(fifo);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/** Opens a pipe by one descriptor: what is written to it can be read from it, and there is room for 64 KiB. */
export function openFifo(): number {
  return withFifo((fifo) => fs.openSync(fifo, O_RDWR | O_NONBLOCK));
}

/** Opens a pipe by both of its ends. */
export function openPipe(): { reader: number; writer: number } {
  return withFifo((fifo) => {
    const reader = fs.openSync(fifo, O_RDONLY | O_NONBLOCK);
    return { reader, writer: fs.openSync(fifo, O_WRONLY | O_NONBLOCK) };
  });
}
