/** What happens to modules, as those hear of it who want a say: other patchers, and packages with tables of their own. */
import type { PatchSource } from './table';

/** Something is about to be patched, or was. */
export type PatchEvent =
  | {
      readonly type: 'will-patch-all';
      /** Module -> whether it is to be patched. */
      readonly options: Readonly<Record<string, boolean>>;
    }
  | {
      readonly type: 'will-patch-module';
      readonly module: string;
      readonly source: PatchSource;
      /** The names that are to be patched: a subscriber may delete some. */
      readonly items: Set<string>;
    }
  | { readonly type: 'did-patch-module'; readonly module: string; readonly items: ReadonlySet<string> }
  /** All of Node's own modules are done: the place for those who patch others. */
  | { readonly type: 'did-patch-builtins'; readonly options: Readonly<Record<string, boolean>> }
  | { readonly type: 'did-patch-all'; readonly options: Readonly<Record<string, boolean>> };

/** Is told of each event, in the order of the list. What it throws goes to who patches. */
export type PatchSubscriber = (event: PatchEvent) => void;

/**
 * Who is told of patches: add to it before `patchAll`.
 *
 * @example subscribers.push((event) => { if (event.type === 'will-patch-module') event.items.delete('readSync'); });
 *
 * Source: `gevent.events.subscribers`.
 */
export const subscribers: PatchSubscriber[] = [];

/**
 * Thrown by a subscriber out of `will-patch-module` to leave that module alone, or out of `will-patch-all` to leave all.
 *
 * Source: `gevent.events.DoNotPatch`.
 */
export class DoNotPatch extends Error {
  readonly code: string = 'ERR_UNBLOCK_DO_NOT_PATCH';

  constructor(message = 'A subscriber does not want it to be patched') {
    super(message);
    this.name = 'DoNotPatch';
  }
}

/** Tells all subscribers. */
export function notify(event: PatchEvent): void {
  for (const subscriber of subscribers) subscriber(event);
}

/** Tells all subscribers; false if one of them vetoes what is to come. */
export function isWanted(event: PatchEvent): boolean {
  try {
    notify(event);
    return true;
  } catch (error) {
    if (error instanceof DoNotPatch) return false;
    throw error;
  }
}
