/** `open`: of what is in the kernel's memory at once, else on a thread. */
import { binding, Peek } from '../../core/binding';
import { DIRECT, type FileCall, type FileCallOptions, type FileFunction, request, start, WAITS } from './file-call';

const { files } = binding;

/**
 * `open(path, flags, mode)`.
 *
 * @param close closes what was opened for a greenlet that was killed
 */
export function opening(close: FileFunction): FileCallOptions {
  return {
    arity: 3,
    attempt: (call) => (peek(call) === Peek.Ready ? DIRECT : WAITS),
    discard: (fd) => start(close, undefined, [fd]),
  };
}

/** `opendir(path, encoding)`. */
export function openingDirectory(close: FileFunction): FileCallOptions {
  return {
    arity: 2,
    failsOtherwise: true,
    discard: (directory) => start(close, directory, []),
  };
}

/**
 * `opendirSync(path)`, which has no form for a thread.
 *
 * @param opendir the function that has
 */
export function openingDirectoryPlainly(opendir: FileFunction, close: FileFunction): FileCallOptions {
  const options = openingDirectory(close);
  return {
    arity: 1,
    failsOtherwise: true,
    wait: ({ self, args: [path] }) => request({ original: opendir, self, args: [path, 'utf8'] }, options),
  };
}

function peek({ args: [path, flags] }: FileCall): Peek {
  return files.peekOpen(path, flags as number);
}
