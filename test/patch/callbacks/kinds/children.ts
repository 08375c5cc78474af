import { exec, execFile, fork, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Kinds, Program } from './kind';

type Event = 'spawn' | 'data' | 'exit' | 'close';

const watching = (blocked: Event): Program => {
  return (block, end) => {
    const seen: string[] = [];
    const child = spawn('cat');
    const note = (event: Event): void => {
      if (event === blocked) block();
      seen.push(event);
    };
    child.on('spawn', () => {
      note('spawn');
      child.stdin.end('text');
    });
    child.stdout.on('data', () => note('data'));
    child.on('exit', () => note('exit'));
    child.on('close', () => {
      note('close');
      // The child may exit before or after we see its output.
      end(seen.filter((event) => event !== 'exit'));
    });
  };
};

// A child with a channel to us that does what the source says.
function forkSource(source: string): ReturnType<typeof fork> {
  const file = path.join(os.tmpdir(), `unblock-child-${process.pid}-${Math.random()}.cjs`);
  fs.writeFileSync(file, source);
  const child = fork(file, { execArgv: [] });
  child.on('exit', () => fs.rmSync(file));
  return child;
}

/** Child processes. */
export const childKinds: Kinds = {
  "a child's spawn": watching('spawn'),
  "a child's output": watching('data'),
  "a child's exit": watching('exit'),
  "a child's close": watching('close'),
  "a child's error": (block, end) => {
    spawn('/nonexistent').on('error', (error: NodeJS.ErrnoException) => {
      block();
      end(error.code);
    });
  },
  'child_process.exec': (block, end) => {
    exec('echo text', (error, stdout) => {
      block();
      end([error, stdout]);
    });
  },
  'child_process.execFile': (block, end) => {
    execFile('false', (error) => {
      block();
      end(error?.code);
    });
  },
  "a child's message": (block, end) => {
    const seen: unknown[] = [];
    const child = forkSource(`for (const text of ['one', 'two', 'three']) process.send(text); process.disconnect();`);
    child.on('message', (message) => {
      block();
      seen.push(message);
    });
    // The child may have exited before we see what it has said.
    child.on('disconnect', () => end([...seen, 'disconnect']));
  },
  "a child's answer": (block, end) => {
    const child = forkSource(
      `process.once('message', (message) => process.send(message + 1, () => process.disconnect()));`,
    );
    child.on('message', (message) => {
      block();
      end(message);
    });
    child.send(1, () => block());
  },
};
