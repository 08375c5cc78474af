// Whether what was seen of an object can be: looks for an order of single steps of its model in which every operation has the
// result that it had, nobody overtakes in a line those who were waiting there before, and in the end nobody waits who could go on.
//
// What the operations of one batch do to each other is left open (a wake-up only gives somebody a turn, and until that comes
// another may be quicker): any order will do.

'use strict';

const KILLED = '!ERR_UNBLOCK_GREENLET_EXIT';

/**
 * @param kind the model
 * @param states in which of these the object was before
 * @param operations those that were waiting, first come first, and then those of the batch. Each has a `name`, `argument` and
 *   `mode`, whether it is `settled` (was waiting before), whether it `wasKilled`, and its `result`, if it has one
 * @param view what is seen of the object now
 * @returns the states in which it may be now; none if what was seen cannot be
 */
function search(kind, states, operations, view) {
  const ends = new Map();
  const seen = new Set();
  const stack = states.map((state) => ({ state, left: operations }));
  while (stack.length > 0) {
    const { state, left } = stack.pop();
    const key = `${JSON.stringify(state)} ${left.map(({ id }) => id).join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (left.every(({ result }) => result === undefined)) {
      if (!left.some((each) => canGoOn(kind, state, each, left)) && kind.viewOf(state) === view) ends.set(key, state);
      continue;
    }
    for (const [next, finished] of successors(kind, state, left)) {
      stack.push({ state: next, left: left.filter((each) => !finished.includes(each)) });
    }
  }
  return [...ends.values()];
}

function* successors(kind, state, left) {
  for (const each of left) {
    if (each.result === undefined) continue;
    const { refused, late, step, meets } = kind.operations[each.name];
    const isFree = !canGoOn(kind, state, each, left);
    if (each.wasKilled && each.result === KILLED) yield [state, [each]];
    if (each.mode === 'nowait' && each.result === refused && isFree) yield [state, [each]];
    if (each.mode === 'limited' && each.result === late && (each.settled || isFree)) yield [state, [each]];
    if (!isNext(kind, each, left)) continue;
    if (meets !== undefined) {
      if (each.name === 'put') yield* meetings(kind, state, each, left);
      continue;
    }
    const outcome = step(state, each.argument, each.id);
    if (outcome?.result === each.result) yield [outcome.state, [each]];
  }
}

function* meetings(kind, state, putter, left) {
  for (const getter of left) {
    if (getter.name !== 'get' || !isNext(kind, getter, left)) continue;
    const results = kind.meet(putter, getter);
    // A putter may be killed between the moment when its item is taken and its own turn.
    const isPutterOver = putter.result === results[putter.id] || (putter.wasKilled && putter.result === KILLED);
    if (isPutterOver && getter.result === results[getter.id]) yield [state, [putter, getter]];
  }
}

/** Whether an operation may be the next of its line. */
function isNext(kind, operation, left) {
  if (!operation.settled) return true;
  const { line } = kind.operations[operation.name];
  return left.find((each) => each.settled && kind.operations[each.name].line === line) === operation;
}

/** Whether an operation need not wait (any longer), of those whose being there is certain. */
function canGoOn(kind, state, operation, left) {
  const { step, meets } = kind.operations[operation.name];
  if (meets !== undefined) return left.some((each) => each !== operation && each.name === meets && each.settled);
  return step(state, operation.argument, operation.id) !== undefined;
}

module.exports = { search };
