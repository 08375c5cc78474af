/** `open`: of what is in the kernel's memory at once, else on a thread; what waits for its peer, on one of its own. */
import { binding, Peek } from '../../core/binding';
import { isMainThread } from '../../core/thread';
import type { Outcome } from './completion';
import { DIRECT, type FileCall, type FileCallOptions, type FileFunction, request, start, WAITS } from './call';
import { S_IFCHR, S_IFIFO, typeIn } from './type';
import { openWithPeer } from './stream';

type OpenArguments = [path: unknown, flags: number, mode: number];

const { files } = binding;
const opened = new Int32Array(1);
// Of what is opened in a worker Node keeps a list, and with --permission it checks what is opened.
const opensItself = isMainThread && !('permission' in process);

/** How an attempt has ended that did not open the file. */
interface Attempted {
  readonly peek: Peek;
  /** A reader of the FIFO; -1 for none. */
  readonly reader: number;
}

/**
 * `open(path, flags, mode)`.
 *
 * @param originals what else it takes
 */
export function opening(originals: { close: FileFunction; stat: FileFunction }): FileCallOptions {
  const { close, stat } = originals;
  const options: FileCallOptions = {
    arity: 3,
    attempt,
    discard: (fd) => start(close, undefined, [fd]),
    wait: (call) => {
      let { peek } = attempted.get(call)!;
      if (peek === Peek.Unknown) {
        // What is looked up is in memory from then on, and its type is known.
        const type = request({ original: stat, self: undefined, args: [call.args[0], false] }, { arity: 2 });
        const result = attempt(call);
        if (result !== WAITS) return { result };
        peek = attempted.get(call)!.peek;
        if (peek === Peek.Unknown && [S_IFIFO, S_IFCHR].includes(typeIn(type))) peek = Peek.Rendezvous;
      }
      return peek === Peek.Rendezvous && opensItself ? rendezvous(call) : request(call, options);
    },
  };

  const rendezvous = (call: FileCall): Outcome<unknown> => {
    const { reader } = attempted.get(call)!;
    const [path, flags, mode] = call.args as OpenArguments;
    try {
      const result = openWithPeer(path, flags, mode);
      if (result === undefined) return request(call, options);
      return result >= 0 ? { result } : { error: files.exception(result, 'open', path) };
    } finally {
      if (reader >= 0) close(reader);
    }
  };
  return options;
}

const attempted = new WeakMap<FileCall, Attempted>();

function attempt(call: FileCall): unknown {
  const [path, flags] = call.args as OpenArguments;
  const peek = opensItself ? files.open(path, flags, opened) : files.peekOpen(path, flags);
  if (peek === Peek.Ready) return DIRECT;
  if (peek === Peek.Done) return opened[0];
  attempted.set(call, { peek, reader: opensItself ? opened[0]! : -1 });
  return WAITS;
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
