import { internals } from '../../core/internals';
import { node } from '../../core/node';
import type { Unit } from './evaluation-order';

/** A module; whether it awaits itself is told from Node 24 on. On 22 a function tells whether what it imports does, too. */
interface MayAwait {
  readonly hasTopLevelAwait?: unknown;
}

interface Awaiting {
  readonly promise: Promise<unknown>;
  readonly isInCircle: boolean;
  /** Whether no promise has been settled since its evaluation has begun. */
  isFresh: boolean;
}

const { getPromiseDetails, constants } = internals.internalBinding('util', 'getPromiseDetails', 'constants') as {
  getPromiseDetails(promise: Promise<unknown>): readonly [state: number];
  constants: { readonly kPending: number };
};

const awaiting = new Map<MayAwait, Awaiting>();

/** Notes modules whose evaluation has begun, and has not ended if one of them, or of what they import, awaits. */
export function noteAwaiting({ members }: Unit<MayAwait>, promise: Promise<unknown>): void {
  if (!isPending(promise)) return;
  const noted = { promise, isInCircle: members.length > 1, isFresh: true };
  for (const member of members) awaiting.set(member, noted);
  const age = (): boolean => (noted.isFresh = false);
  const forget = (): void => members.forEach((member) => awaiting.delete(member));
  node.then.call(Promise.resolve(), age);
  node.then.call(promise, forget, forget);
}

/**
 * Finds, among modules that are imported, one that only waited for what it imports itself, and now runs at last, and is
 * suspended. Before it runs V8 looks up who waits for it: who comes later would never be told of its end.
 *
 * @param modules the modules
 * @param importsOf what a module imports
 * @returns what is settled when it has ended; undefined if there is none
 */
export function endOfSuspended<M extends MayAwait>(
  modules: readonly M[],
  importsOf: (module: M) => readonly M[],
): Promise<unknown> | undefined {
  if (awaiting.size === 0) return undefined;
  const found = modules.find((module) => isAwaiting(module) && mayRun(module, importsOf(module)));
  return found && awaiting.get(found)!.promise;
}

// Where it cannot be told whether a module awaits itself, it is better to wait for it than to never hear of it.
function mayRun(module: MayAwait, imported: readonly MayAwait[]): boolean {
  const { isFresh, isInCircle } = awaiting.get(module)!;
  if (isFresh) return false;
  return isInCircle || (module.hasTopLevelAwait !== true && !imported.some(isAwaiting));
}

// A promise is settled some microtasks before those are told who wait for it.
function isAwaiting(module: MayAwait): boolean {
  const known = awaiting.get(module);
  return known !== undefined && isPending(known.promise);
}

function isPending(promise: Promise<unknown>): boolean {
  return getPromiseDetails(promise)[0] === constants.kPending;
}
