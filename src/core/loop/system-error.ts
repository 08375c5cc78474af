import { getSystemErrorMap } from 'node:util';

import { node } from '../node';

/** What a system error is given besides its code. */
export interface SystemErrorDetails {
  /** What was asked for, such as the name of a system call. */
  syscall?: string;
  /** What has happened, in place of the code's own meaning. */
  message?: string;
}

/**
 * Makes the error that Node throws when the system has refused something.
 *
 * @param cause its code, such as 'EBADF', or its number as libuv has it, below 0
 */
export function systemError(cause: string | number, { syscall, message }: SystemErrorDetails): NodeJS.ErrnoException {
  const [errno, [code, meaning]] = find(cause);
  const text = `${code}: ${message ?? meaning}${syscall === undefined ? '' : `, ${syscall}`}`;
  return Object.assign(new Error(text), { errno, code }, syscall === undefined ? {} : { syscall });
}

function find(cause: string | number): [number, [code: string, meaning: string]] {
  for (const [errno, entry] of getSystemErrorMap()) if (errno === cause || entry[0] === cause) return [errno, entry];
  // What libuv has no name for, such as ECHILD.
  const found = Object.entries(node.errnos).find(([code, number]) => -number === cause || code === cause);
  return found === undefined
    ? [Number(cause), [String(cause), 'unknown error']]
    : [-found[1], [found[0], 'system error']];
}
