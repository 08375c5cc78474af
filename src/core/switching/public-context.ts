/**
 * The async context that travels with a greenlet, by public functions alone: for builds of Node that do not show their stack
 * of async contexts. A greenlet runs on the levels of whoever has switched to it, and cannot leave while it has put one on top of
 * them: Node, which pops them by id, would end the process. Its stores it takes along, where they are kept in resources.
 */
import { BlockingSwitchOutError } from '../errors';
import { node } from '../node';
import { keepsFrames, replaceMethod, storesIn } from './async-local-storage';
import { frames } from './frame';
import type { Stores } from './store-scopes';
import { copyStores, putStores } from './store-view';

interface PublicLuggage {
  stores: Stores;
  /** The frame that it is to begin with. */
  readonly frame: unknown;
}

const { getFrame, setFrame } = frames;
const NO_STORES: Stores = {};

/** Nothing: what the main greenlet has is never moved. */
export const MAINS: PublicLuggage = { stores: NO_STORES, frame: undefined };

// Where the running greenlet has come in, and what the resource there had in it.
let level = 0;
let others: Stores | undefined;

// Node's own puts the store before back into the resource in which it was called.
if (!keepsFrames) {
  replaceMethod('run', function run(store: unknown, callback: (...args: unknown[]) => unknown, ...args: unknown[]) {
    const outer = this.getStore();
    this.enterWith(store);
    try {
      return Reflect.apply(callback, null, args);
    } finally {
      this.enterWith(outer);
    }
  });
}

function here(): Stores {
  return storesIn(node.executionAsyncResource());
}

function arrive(stores: Stores): void {
  level = node.executionAsyncId();
  if (keepsFrames) return;
  others = copyStores(here());
  putStores(here(), stores, others);
}

function depart(): Stores {
  if (keepsFrames || others === undefined) return NO_STORES;
  const stores = copyStores(here());
  putStores(here(), others, stores);
  others = undefined;
  return stores;
}

/** What a greenlet that is created here begins with: its creator's stores. */
export function inherit(): PublicLuggage {
  return { stores: keepsFrames ? NO_STORES : copyStores(here()), frame: getFrame() };
}

/** What a greenlet that carries on for its starter begins with. */
export function share(): PublicLuggage {
  return inherit();
}

/** The main greenlet takes nothing along. */
export function leaveMain(): undefined {
  return undefined;
}

/** Takes the stores of the leaving greenlet out. */
export function pack(before: PublicLuggage): PublicLuggage {
  const reason = whyBound();
  if (reason !== undefined) throw new BlockingSwitchOutError(`Impossible to switch ${reason}`);
  before.stores = depart();
  return before;
}

/** Gives a greenlet that has come back its stores, and its frame. */
export function unpack(luggage: PublicLuggage | undefined, frame: unknown): void {
  setFrame(frame);
  if (luggage !== undefined) arrive(luggage.stores);
}

/** Gives a new greenlet what it begins with. */
export function begin({ stores, frame }: PublicLuggage): void {
  setFrame(frame);
  arrive(stores);
}

/** Takes the stores of an ending greenlet out. */
export function drop(): void {
  depart();
}

/** Why the running greenlet, which is not the main one, cannot be suspended here; or undefined. */
export function whyBound(): string | undefined {
  return node.executionAsyncId() === level
    ? undefined
    : 'in an AsyncResource, on a Node that does not show its internals';
}
