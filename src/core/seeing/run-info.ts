import { checkOptions } from '../argument-checks';
import { invalidArgType } from '../errors';
import { type ErrorStream } from '../hub/error-report';
import { isMainThread, threadId } from '../thread';
import type { GreenletState } from './greenlet-report';
import { GreenletTree, type TreeOptions } from './greenlet-tree';

/** What is told, and where. */
export interface RunInfoOptions extends TreeOptions {
  /** Where it is written; `process.stderr` unless given. */
  readonly stream?: ErrorStream;
}

/**
 * What all greenlets of this thread are doing, as text: how many there are, and the tree of them, each with its state,
 * the call in which it waits, its stack, and where it was spawned if that is kept (`trackGreenletTree`).
 *
 * @param options what is shown
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for wrong options
 * @example fs.writeFileSync('greenlets.txt', formatRunInfo({ stackLimit: 5 }));
 *
 * Source: `gevent.util.format_run_info`.
 */
export function formatRunInfo(options?: TreeOptions): string {
  const tree = GreenletTree.currentTree();
  const thread = isMainThread ? '' : `, thread ${threadId}`;
  return `unblock: process ${process.pid}${thread}: ${countStates(tree)}\n${tree.format(options)}\n`;
}

/**
 * Writes `formatRunInfo` to standard error. A program does the same when it gets the signal `runInfoSignal`, SIGUSR2
 * unless that is set.
 *
 * @param options what is shown, and where
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for wrong options
 * @example printRunInfo();
 *
 * Source: `gevent.util.print_run_info`.
 */
export function printRunInfo(options: RunInfoOptions = {}): void {
  checkOptions(options, ['stacks', 'stackLimit', 'stream']);
  const { stream = process.stderr, ...shown } = options;
  if (typeof stream?.write !== 'function') throw invalidArgType('options.stream', 'an object with write()', stream);
  stream.write(formatRunInfo(shown));
}

function countStates(tree: GreenletTree): string {
  const counts = new Map<GreenletState, number>();
  let all = 0;
  const left = [...tree.children];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { state } = next.report;
    all++;
    counts.set(state, (counts.get(state) ?? 0) + 1);
    left.push(...next.children);
  }
  const parts = [...counts].map(([state, count]) => `${count} ${state}`);
  return `${all} greenlet${all === 1 ? '' : 's'}${all === 0 ? '' : ` (${parts.join(', ')})`}`;
}
