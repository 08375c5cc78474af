import { queueWarning } from './warnings';

const STACK_SIZE = /^--stack[-_]size(=|$)/;

/**
 * Notes a warning if the process was started with a flag that has no say in greenlets.
 *
 * @param flags the options of Node
 */
export function warnOfFlags(flags: readonly string[]): void {
  const flag = flags.find((each) => STACK_SIZE.test(each));
  if (flag === undefined) return;
  queueWarning(
    'UNBLOCK_IGNORED_FLAG',
    `${flag} is for the main stack alone; the stacks of greenlets, in which the program runs, are as large as ` +
      'UNBLOCK_STACK_SIZE says',
  );
}
