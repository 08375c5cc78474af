/**
 * The stores that a greenlet sees in a resource which it shares with others, where AsyncLocalStorage keeps them there: a
 * callback that has blocked goes on with those that it had, whatever `enterWith` has put into the resource meanwhile (tracers
 * put the one before back as soon as the callback returns to them). What it enters itself stays, as in plain Node.
 */
import type { Stores } from './store-scopes';

/** What a suspended greenlet has seen, and others see while it runs. */
export interface StoreView {
  readonly stores: Stores;
  own: Stores;
  others: Stores | undefined;
}

// That of the running greenlet, if it has one and was suspended before.
let current: StoreView | undefined;

/** The stores alone: a resource has its own properties besides, and those of add-ons. */
export function copyStores(stores: Stores): Stores {
  const copy: Stores = {};
  for (const key of Object.getOwnPropertySymbols(stores)) {
    if (key.description === 'kResourceStore') copy[key] = stores[key];
  }
  return copy;
}

/** Notes what the leaving greenlet sees in a resource; and lets others see what they saw, but for what it has entered. */
export function leaveView(stores: Stores): StoreView {
  const own = copyStores(stores);
  if (current !== undefined) giveBack(current, own);
  current = undefined;
  return { stores, own, others: undefined };
}

/** Lets others see what they saw, but for what the ending greenlet has entered. */
export function endView(): void {
  if (current !== undefined) giveBack(current, copyStores(current.stores));
  current = undefined;
}

/** Lets a greenlet that goes on see what it saw. */
export function returnToView(view: StoreView): void {
  view.others = copyStores(view.stores);
  putStores(view.stores, view.own, view.others);
  current = view;
}

function giveBack({ stores, own: before, others }: StoreView, now: Stores): void {
  for (const key of Object.getOwnPropertySymbols(now)) if (now[key] !== before[key]) others![key] = now[key];
  putStores(stores, others!, now);
}

/** Has a resource hold other stores than it does. */
export function putStores(stores: Stores, wanted: Stores, present: Stores): void {
  for (const key of Object.getOwnPropertySymbols(present)) if (!(key in wanted)) delete stores[key];
  for (const key of Object.getOwnPropertySymbols(wanted)) stores[key] = wanted[key];
}
