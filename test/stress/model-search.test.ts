import { expect } from 'chai';
import { createRequire } from 'node:module';
import path from 'node:path';

import { repoRoot } from '../support/spawn-script';

interface Seen {
  readonly name: string;
  readonly argument?: number;
  readonly mode?: string;
  readonly settled?: boolean;
  readonly wasKilled?: boolean;
  readonly result?: string;
}

interface Kind {
  readonly name: string;
  viewOf(state: object): string;
}

const load = createRequire(__filename);
const { kinds } = load(path.join(repoRoot, 'test', 'stress', 'model-kinds.cjs')) as { kinds: Kind[] };
const { search } = load(path.join(repoRoot, 'test', 'stress', 'model-search.cjs')) as {
  search(kind: Kind, states: object[], operations: object[], view: string): object[];
};

const queue = kinds.find(({ name }) => name === 'Queue')!;
const channel = kinds.find(({ name }) => name === 'Channel')!;
const semaphore = kinds.find(({ name }) => name === 'Semaphore')!;
const oneItem = { maxsize: 1, items: [1], unfinished: 1, isShut: false };
const noItem = { maxsize: 1, items: [], unfinished: 0, isShut: false };

/** Whether the model can do what was seen; `left` is the state in which the object was seen in the end. */
function canBe(kind: Kind, before: object, seen: readonly Seen[], left: object): boolean {
  const operations = seen.map((each, id) => ({ id, mode: 'plain', settled: false, wasKilled: false, ...each }));
  return search(kind, [before], operations, kind.viewOf(left)).length > 0;
}

const put = (argument: number, more: Partial<Seen> = {}): Seen => ({
  name: 'put',
  argument,
  result: '=undefined',
  ...more,
});
const get = (result?: string, more: Partial<Seen> = {}): Seen => ({ name: 'get', result, ...more });

describe('the search for what a model can do', () => {
  it('finds any order of a batch', () => {
    expect(canBe(queue, noItem, [get('=5'), put(5)], { ...noItem, unfinished: 1 })).to.equal(true);
    expect(canBe(queue, noItem, [put(5), get('=5')], { ...noItem, unfinished: 1 })).to.equal(true);
    expect(canBe(queue, oneItem, [put(5), get('=1')], { ...oneItem, items: [5], unfinished: 2 })).to.equal(true);
  });

  it('refuses an item that nobody has put, and one that comes twice', () => {
    expect(canBe(queue, noItem, [put(5), get('=6')], { ...noItem, unfinished: 1 })).to.equal(false);
    expect(canBe(queue, oneItem, [get('=1'), get('=1')], { ...noItem, unfinished: 1 })).to.equal(false);
  });

  it('refuses what was overtaken in its line', () => {
    const waiting = [get(undefined, { settled: true }), get('=5', { settled: true })];
    expect(canBe(queue, noItem, [...waiting, put(5)], { ...noItem, unfinished: 1 })).to.equal(false);
    expect(canBe(queue, noItem, [...[...waiting].reverse(), put(5)], { ...noItem, unfinished: 1 })).to.equal(true);
  });

  it('refuses who waits on though he could go on', () => {
    expect(canBe(queue, oneItem, [get(undefined, { settled: true })], oneItem)).to.equal(false);
    expect(
      canBe(semaphore, { bound: 0, count: 0 }, [{ name: 'acquire' }, { name: 'release', result: '=1' }], { count: 1 }),
    ).to.equal(false);
  });

  it('refuses another state than the one that was seen', () => {
    expect(canBe(queue, oneItem, [get('=1')], oneItem)).to.equal(false);
  });

  it('lets one give up only if it had to wait, or was killed', () => {
    const full = '!ERR_UNBLOCK_QUEUE_FULL';
    expect(canBe(queue, oneItem, [put(5, { mode: 'nowait', result: full })], oneItem)).to.equal(true);
    expect(canBe(queue, noItem, [put(5, { mode: 'nowait', result: full })], noItem)).to.equal(false);
    expect(canBe(queue, oneItem, [put(5, { mode: 'limited', result: full })], oneItem)).to.equal(true);
    expect(canBe(queue, oneItem, [put(5, { result: full })], oneItem)).to.equal(false);
    const killed = '!ERR_UNBLOCK_GREENLET_EXIT';
    expect(canBe(queue, oneItem, [put(5, { wasKilled: true, result: killed })], oneItem)).to.equal(true);
    expect(canBe(queue, oneItem, [put(5, { result: killed })], oneItem)).to.equal(false);
  });

  it('has two meet in a channel, each once', () => {
    expect(canBe(channel, {}, [put(5), get('=5')], {})).to.equal(true);
    expect(canBe(channel, {}, [put(5), get('=5'), get('=5')], {})).to.equal(false);
    expect(
      canBe(channel, {}, [put(5, { settled: true, result: undefined }), get(undefined, { settled: true })], {}),
    ).to.equal(false);
  });
});
