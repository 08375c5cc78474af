import { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

import { internals } from '../../core/internals';
import { node } from '../../core/node';
import { CallWaiter } from '../engine/call-waiter';
import { ChildPipe, type PipeHandle, type PipeOwner, type PipeUse } from './pipe';

/** What becomes of one of a child's descriptors. */
type Descriptor =
  | { readonly type: 'ignore' }
  | { readonly type: 'inherit' | 'fd'; readonly fd: number }
  | ({ readonly type: 'pipe' } & PipeUse);

/** A child to be run to its end: what Node makes of the arguments of `spawnSync`. */
export interface ChildRequest {
  readonly file: string;
  readonly args: readonly unknown[];
  readonly cwd?: unknown;
  readonly envPairs: readonly string[];
  readonly stdio: readonly Descriptor[];
  readonly detached: boolean;
  readonly windowsHide: boolean;
  readonly windowsVerbatimArguments: boolean;
  readonly uid?: number | null;
  readonly gid?: number | null;
  readonly timeout?: number | null;
  readonly maxBuffer?: number | null;
  readonly killSignal?: number | null;
}

/** What has become of it; `error` is the number of an error. */
export interface ChildOutcome {
  error?: number;
  status: number | null;
  signal: string | null;
  output: Array<Buffer | null> | null;
  pid: number;
}

interface Socket {
  _handle: PipeHandle | null;
}

type Spawnable = Omit<ChildProcess, 'pid' | 'stdio'> & {
  readonly pid?: number;
  readonly stdio?: ReadonlyArray<Socket | null>;
};

// Taken before a program can replace them.
const { spawn, kill } = ChildProcess.prototype as unknown as {
  spawn(this: Spawnable, options: object): number;
  kill(this: Spawnable, signal: number): boolean;
};
const { UV_ENOBUFS, UV_ETIMEDOUT } = internals.internalBinding('uv', 'UV_ENOBUFS', 'UV_ETIMEDOUT') as Record<
  'UV_ENOBUFS' | 'UV_ETIMEDOUT',
  number
>;
const { SIGKILL, SIGTERM } = constants.signals;
// A longer one fires at once, with a warning.
const LONGEST_TIMER = 2 ** 31 - 1;
// A loop that other greenlets have kept busy comes late, and goes to its timers first. It needs a turn each to see that
// the child has exited, that there is output, and that there is no more.
const TURNS_OF_GRACE = 3;

/** Whether a child can be run as asked: at some lists of descriptors Node's C++ ends the process. */
export function isRunnable({ stdio }: ChildRequest): boolean {
  return stdio.length > 0 && stdio.every(({ type }) => ['ignore', 'inherit', 'fd', 'pipe'].includes(type));
}

/**
 * Runs a child to its end and does what Node's `spawn_sync` binding does meanwhile, but only the greenlet waits.
 *
 * @returns what the binding answers
 * @throws what is thrown into the greenlet; the child, of which nobody else knows, is killed then, and its pipes closed
 *
 * Source: `gevent.subprocess.check_output`.
 */
export function runChild(request: ChildRequest): ChildOutcome {
  return new ChildRun(request).run();
}

class ChildRun implements PipeOwner {
  readonly #request: ChildRequest;
  readonly #child = new ChildProcess() as unknown as Spawnable;
  readonly #end = new CallWaiter<undefined>();
  #pipes: ReadonlyArray<ChildPipe | undefined> = [];
  #timer: NodeJS.Timeout | undefined;
  #outputLength = 0;
  // Whether it has ended, or been stopped: too late for a stop.
  #isOver = false;
  #hasExited = false;
  #status: number | null = null;
  #signal: string | null = null;
  #error = 0;
  #pipeError = 0;

  constructor(request: ChildRequest) {
    this.#request = request;
  }

  run(): ChildOutcome {
    this.#setTimer(this.#request.timeout ?? 0);
    try {
      this.#error = this.#spawn();
      if (this.#error === 0) this.#wait();
    } finally {
      this.#release();
    }
    const error = this.#error || this.#pipeError;
    return {
      ...(error !== 0 && { error }),
      status: this.#status,
      signal: this.#signal,
      output: this.#hasExited ? this.#pipes.map((pipe) => pipe?.output() ?? null) : null,
      pid: this.#child.pid ?? 0,
    };
  }

  onOutput(length: number): void {
    const limit = this.#request.maxBuffer ?? 0;
    this.#outputLength += length;
    if (limit > 0 && this.#outputLength > limit) this.#stop(UV_ENOBUFS);
  }

  onPipeError(errno: number): void {
    this.#pipeError ||= errno;
  }

  onPipeEnd(): void {
    this.#endIfOver();
  }

  // Returns the number of the error that has kept the child from starting, or 0.
  #spawn(): number {
    const { file, args, cwd, envPairs, stdio, detached, windowsHide, windowsVerbatimArguments, uid, gid } =
      this.#request;
    const child = this.#child;
    // Its errors are those whose numbers are known here already.
    child.on('error', () => {});
    let errno: number;
    try {
      errno = spawn.call(child, {
        ...{ file, envPairs, detached, windowsHide, windowsVerbatimArguments, uid, gid },
        args: args.map((arg) => `${arg}`),
        cwd: directory(cwd),
        stdio: stdio.map((descriptor) => ('fd' in descriptor ? { fd: descriptor.fd | 0 } : descriptor.type)),
      });
    } catch (error) {
      if (typeof (error as NodeJS.ErrnoException).errno !== 'number') throw error;
      errno = (error as { errno: number }).errno;
    }
    const handles = takePipes(child);
    this.#pipes = stdio.map((use, fd) =>
      use.type === 'pipe' && handles[fd] ? new ChildPipe(handles[fd], use, this) : undefined,
    );
    return errno;
  }

  #wait(): void {
    this.#child.once('exit', (status, signal) => {
      this.#hasExited = true;
      this.#status = status;
      this.#signal = signal;
      this.#endIfOver();
    });
    try {
      for (const pipe of this.#pipes) pipe?.start();
      this.#end.get();
    } catch (error) {
      if (!this.#hasExited) kill.call(this.#child, SIGKILL);
      throw error;
    }
  }

  // Ends the run early. The pipes are closed as well, as a grandchild may keep its ends open for long.
  #stop(errno: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = errno;
    const signal = this.#request.killSignal ?? SIGTERM;
    if (!this.#hasExited && !kill.call(this.#child, signal)) kill.call(this.#child, SIGKILL);
    this.#release();
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (!this.#hasExited || !this.#pipes.every((pipe) => pipe?.isIdle ?? true)) return;
    this.#isOver = true;
    this.#end.switch(undefined);
  }

  #release(): void {
    node.clearTimeout(this.#timer);
    for (const pipe of this.#pipes) pipe?.close();
  }

  #setTimer(timeout: number): void {
    if (timeout <= 0) return;
    const delay = Math.min(timeout, LONGEST_TIMER);
    this.#timer = node.setTimeout(() => {
      if (delay < timeout) this.#setTimer(timeout - delay);
      else this.#expire(TURNS_OF_GRACE);
    }, delay);
  }

  #expire(turns: number): void {
    if (turns === 0) this.#stop(UV_ETIMEDOUT);
    else node.setImmediate(() => this.#expire(turns - 1));
  }
}

// The synchronous binding enters the empty directory, and fails; the other one takes it for none. What C reads of this
// one is empty as well.
function directory(cwd: unknown): string | undefined {
  if (cwd === null || cwd === undefined) return undefined;
  return `${cwd}` || '\0';
}

// Takes the pipes from the sockets that Node has made of them: the child would destroy its stdin when it exits, but a
// grandchild may still read from it. There are none where the system had no descriptors left.
function takePipes(child: Spawnable): ReadonlyArray<PipeHandle | null> {
  return (child.stdio ?? []).map((socket) => {
    const handle = socket?._handle ?? null;
    if (socket !== null) socket._handle = null;
    return handle;
  });
}
