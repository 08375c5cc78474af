/**
 * Turns: a stream calls its listeners one after the other, and programs rely on that. So a greenlet that is inside of such
 * a call has its turn at the stream (or whatever it is), and who comes meanwhile waits for the next one.
 *
 * A turn is kept for as long as the greenlet runs, and through waits that end by themselves: patched calls, `sleep`. In a
 * wait for what somebody else does (a promise, an event, a lock) it lets go, as an `await` would: what it waits for may well
 * be the stream's next event.
 *
 * Turns begin and end in nanoseconds. Those of the greenlet that runs are on a stack of their own; only once others have
 * turns while it is suspended, its turns are looked up by object.
 */
import { node } from '../node';
import { peekCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { kOnHub } from '../symbols';

/** Who waits for a turn. */
interface Candidate {
  /** Undefined for one who only wants to know that a turn could begin. */
  readonly greenlet: RawGreenlet | undefined;
  readonly call: () => void;
}

interface Turn {
  readonly object: object;
  /** Who has a turn: one, or several of which all but one have let go. */
  readonly holders: RawGreenlet[];
  readonly candidates: Candidate[];
  /** Who wants to be the last: whoever comes later goes first. */
  readonly lastly: Candidate[];
  isCalling: boolean;
}

// The objects at which the owner of the stack has its turn, unless it was moved.
const stack: object[] = [];
let owner: RawGreenlet | undefined;
// The turns of greenlets that others have overtaken, by object and by greenlet.
const moved = new Map<object, Turn>();
const movedOf = new Map<RawGreenlet, Turn[]>();
const keeping = new Set<RawGreenlet>();

/**
 * Begins a turn of the current greenlet at an object, unless another keeps its own, or stands in line for one; `endTurn` must
 * follow.
 *
 * @returns whether it has begun
 */
export function tryBeginTurn(object: object): boolean {
  const current = peekCurrent();
  if (owner !== current) moveStack();
  if (moved.size > 0 && isTakenFor(object, current)) return false;
  owner = current;
  stack.push(object);
  return true;
}

/** As `tryBeginTurn`, whoever else has a turn. */
export function beginTurn(object: object): void {
  const current = peekCurrent();
  if (owner !== current) moveStack();
  owner = current;
  stack.push(object);
}

/** Ends what `beginTurn` began, or what standing in line has brought. */
export function endTurn(object: object): void {
  const current = peekCurrent();
  if (owner === current && stack[stack.length - 1] === object) stack.pop();
  else giveUp(object, current);
}

/** Whether another greenlet keeps its turn at an object, or stands in line for one. */
export function isTaken(object: object): boolean {
  const current = peekCurrent();
  if (owner !== current) moveStack();
  return moved.size > 0 && isTakenFor(object, current);
}

function isTakenFor(object: object, current: RawGreenlet): boolean {
  const turn = moved.get(object);
  if (turn === undefined || turn.holders.includes(current)) return false;
  return turn.candidates.length > 0 || turn.holders.some(isKeeping);
}

/**
 * Puts the current greenlet in line for a turn at an object that is taken.
 *
 * @param isLast whether those who come later go first
 * @param call is called when its turn has begun
 * @returns what takes that back, if it does not wait any longer
 */
export function standInLine(object: object, isLast: boolean, call: () => void): () => void {
  const greenlet = peekCurrent();
  const candidate = { greenlet, call };
  const turn = moved.get(object)!;
  const line = isLast ? turn.lastly : turn.candidates;
  line.push(candidate);
  return () => {
    const index = line.indexOf(candidate);
    if (index === -1) {
      giveUp(object, greenlet);
      return;
    }
    line.splice(index, 1);
    forgetIfUnused(turn);
  };
}

/** Calls a function on the hub when a turn could begin at an object that is taken, after those who are in line. */
export function callWhenFree(object: object, call: () => void): void {
  moved.get(object)!.candidates.push({ greenlet: undefined, call });
}

/** Whether anybody has a turn, so that who leaves has to say whether it keeps its own. */
export function hasTurns(): boolean {
  return stack.length > 0 || moved.size > 0;
}

/** Says that the current greenlet leaves, and whether it keeps its turns. */
export function leaveTurns(keeps: boolean): void {
  const current = peekCurrent();
  if (keeps) keeping.add(current);
  else for (const turn of movedOf.get(current) ?? []) prepareNext(turn);
}

/** Says that the current greenlet is back. */
export function backInTurns(): void {
  keeping.delete(peekCurrent());
}

function isKeeping(greenlet: RawGreenlet): boolean {
  return keeping.has(greenlet);
}

// The owner of the stack is not the one that runs: if it has turns, it is suspended in them.
function moveStack(): void {
  if (stack.length === 0) return;
  for (const object of stack) {
    let turn = moved.get(object);
    if (turn === undefined) {
      turn = { object, holders: [], candidates: [], lastly: [], isCalling: false };
      moved.set(object, turn);
    }
    hold(turn, owner!);
  }
  stack.length = 0;
}

function hold(turn: Turn, greenlet: RawGreenlet): void {
  turn.holders.push(greenlet);
  const turns = movedOf.get(greenlet);
  if (turns === undefined) movedOf.set(greenlet, [turn]);
  else turns.push(turn);
}

function giveUp(object: object, greenlet: RawGreenlet): void {
  const turn = moved.get(object)!;
  const turns = movedOf.get(greenlet)!;
  turn.holders.splice(turn.holders.lastIndexOf(greenlet), 1);
  turns.splice(turns.lastIndexOf(turn), 1);
  if (turns.length === 0) movedOf.delete(greenlet);
  prepareNext(turn);
  forgetIfUnused(turn);
}

// The ticks and promises of who has had its turn come first, as they do between two callbacks of Node's.
function prepareNext(turn: Turn): void {
  if (turn.isCalling || nextOf(turn) === undefined) return;
  turn.isCalling = true;
  node.setImmediate(callNext, turn);
}

function callNext(turn: Turn): void {
  if (owner !== peekCurrent()) moveStack();
  turn.isCalling = false;
  for (let line = nextOf(turn); line !== undefined; line = nextOf(turn)) {
    const { greenlet, call } = line.shift()!;
    if (greenlet !== undefined) hold(turn, greenlet);
    call();
  }
  forgetIfUnused(turn);
}
callNext[kOnHub] = true;

// The line whose first is to have its turn, if anybody can have one.
function nextOf({ holders, candidates, lastly }: Turn): Candidate[] | undefined {
  if (holders.some(isKeeping)) return undefined;
  return [candidates, lastly].find((line) => line.length > 0);
}

function forgetIfUnused({ object, holders, candidates, lastly, isCalling }: Turn): void {
  if (holders.length + candidates.length + lastly.length === 0 && !isCalling) moved.delete(object);
}
