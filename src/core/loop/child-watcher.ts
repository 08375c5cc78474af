import { checkCount } from '../argument-checks';
import { binding } from '../binding';
import { node } from '../node';
import { READ } from './io-watcher';
import { systemError } from './system-error';
import { UvHandle } from './uv-handle';
import { Watcher, type WatcherOptions } from './watcher';

interface Process {
  readonly fd: number;
  readonly handle: UvHandle;
}

/**
 * Calls a function once, when a child process has ended. It may be one that Node has started, or one of an add-on; whoever
 * has started it still has to ask for its status, or it stays a zombie.
 *
 * Source: `loop.child`, which also reaps it.
 */
export class ChildWatcher extends Watcher {
  readonly pid: number;
  /** The process that has ended; undefined before. */
  rpid: number | undefined;
  /** How it has ended, as `waitpid` has it; undefined before, and if whoever has started it was faster to ask. */
  rstatus: number | undefined;
  #process: Process | undefined;

  /** Made by `loop.child`. */
  constructor(pid: number, options?: WatcherOptions) {
    super(options);
    checkCount(pid, 'pid', 1);
    this.pid = pid;
    this.opened();
  }

  protected override arm(): void {
    const status = binding.processStatus(this.pid);
    if (status !== undefined && status < 0) throw systemError(status, { syscall: 'waitid' });
    const fd = binding.openProcess(this.pid);
    if (fd < 0) throw systemError(fd, { syscall: 'pidfd_open' });
    try {
      const handle = new UvHandle('io', fd, () => this.#onEnd());
      this.#process = { fd, handle };
      handle.start(READ);
      handle.hold(this.ref);
    } catch (error) {
      if (this.#process === undefined) node.closeSync(fd);
      else this.disarm();
      throw error;
    }
  }

  protected override disarm(): void {
    if (this.#process === undefined) return;
    const { fd, handle } = this.#process;
    this.#process = undefined;
    handle.close();
    node.closeSync(fd);
  }

  protected override hold(holds: boolean): void {
    this.#process!.handle.hold(holds);
  }

  protected override release(): void {}

  protected override describe(): string[] {
    return [`pid ${this.pid}`];
  }

  #onEnd(): void {
    this.disarm();
    const status = binding.processStatus(this.pid);
    this.rpid = this.pid;
    this.rstatus = status === undefined || status < 0 ? undefined : status;
    this.fireLast();
  }
}
