/** Calls that look something up: they wait only for what is not in the kernel's memory. */
import { binding, Peek } from '../../core/binding';
import {
  descriptor,
  DIRECT,
  type FileCall,
  type FileCallOptions,
  type FileFunction,
  isDescriptor,
  request,
  WAITS,
} from './call';
import { S_IFDIR, typeIn } from './type';
import { RecentPaths } from './recent-paths';

const { files } = binding;
const followed = new RecentPaths();
const named = new RecentPaths();

function byPath(followsLinks: boolean): (call: FileCall) => unknown {
  const recent = followsLinks ? followed : named;
  return (call) => {
    const path = call.args[0];
    if (!recent.has(path)) {
      if (files.peekPath(path, followsLinks) !== Peek.Ready) return WAITS;
      recent.add(path);
    }
    return DIRECT;
  };
}

/** Looking up the file that a path leads to. */
export const followPath = byPath(true);

/** Looking up what a path names, which may be a link. */
export const namePath = byPath(false);

/** `fstat`. */
export function statDescriptor(call: FileCall): unknown {
  const [fd] = call.args;
  return !isDescriptor(fd) || files.peekStat(fd) === Peek.Ready ? DIRECT : WAITS;
}

/** `close(fd)`. */
export const closing: FileCallOptions = {
  arity: 1,
  subject: descriptor,
  isLast: true,
  isShielded: true,
  attempt: (call) => {
    const [fd] = call.args;
    return !isDescriptor(fd) || files.peekClose(fd) === Peek.Ready ? DIRECT : WAITS;
  },
};

/**
 * `existsSync(path)`, which has no form for a thread.
 *
 * @param access the function that has
 */
export function existence(access: FileFunction): FileCallOptions {
  return {
    arity: 1,
    attempt: followPath,
    wait: ({ self, args: [path] }) => {
      const outcome = request({ original: access, self, args: [path, 0] }, { arity: 2 });
      return { result: !('error' in outcome) };
    },
  };
}

/**
 * `internalModuleStat(path)`: 0 for a file, 1 for a directory, else the number of an error.
 *
 * @param stat the function that has a form for a thread
 */
export function typeOfFile(stat: FileFunction): FileCallOptions {
  return {
    arity: 1,
    attempt: followPath,
    wait: ({ self, args: [path] }) => {
      const outcome = request({ original: stat, self, args: [path, false] }, { arity: 2 });
      if ('error' in outcome) return { result: (outcome.error as NodeJS.ErrnoException).errno };
      return { result: typeIn(outcome) === S_IFDIR ? 1 : 0 };
    },
  };
}

/**
 * A function whose first argument is a path, which only looks it up: once it is in the kernel's memory, that need not wait.
 *
 * @param stat brings it there
 * @param arity how many arguments it takes
 */
export function lookingUpOnly(stat: FileFunction, arity: number): FileCallOptions {
  return {
    arity,
    attempt: followPath,
    wait: ({ args: [path] }) => {
      request({ original: stat, self: undefined, args: [path, false] }, { arity: 2 });
      return { result: DIRECT };
    },
  };
}
