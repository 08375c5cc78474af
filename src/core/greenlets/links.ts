import { checkFunction } from '../argument-checks';
import type { Callback } from '../hub/callback';
import { ReportedCall } from '../hub/error-report';
import { getHub } from '../hub/hub';
import { RawGreenlet } from '../switching/raw-greenlet';
import { Place, WaitList } from '../waiting/wait-list';

/** Called with what it was linked to, once that is ready. */
export type LinkCallback<S> = (source: S) => void;

/** What has an outcome that can be linked to. */
export interface LinkSource {
  successful(): boolean;
}

/** How a callback is linked: called on the hub, or in a greenlet of its own, for each outcome or for one kind of it. */
export type LinkKind = 'raw' | 'any' | 'value' | 'exception';

/** A greenlet that waits, or a callback. */
export class Link extends Place {
  handle: Callback | undefined;
  readonly callback: LinkCallback<never> | undefined;
  readonly kind: LinkKind;

  constructor(callback?: LinkCallback<never>, kind: LinkKind = 'raw') {
    super();
    this.callback = callback;
    this.kind = kind;
  }
}

const hub = getHub();

/**
 * The links of one greenlet, told in the order of their making. Nobody is told at once: each gets a turn behind all that
 * is ready when the greenlet ends, and stays linked until then.
 *
 * Source: `Greenlet._links` and `SpawnedLink`.
 */
export class Links {
  readonly #places = new WaitList<Link>();

  get length(): number {
    return this.#places.length;
  }

  /** Adds one to be told later. */
  add(link: Link): void {
    this.#places.add(link);
  }

  /** Takes one out; one that is out stays out. */
  remove(link: Link): void {
    link.handle?.stop();
    this.#places.remove(link);
  }

  /** Takes out the first one of a callback, if there is any. */
  unlink(callback: LinkCallback<never>): void {
    checkFunction(callback, 'callback');
    let link = this.#places.first;
    while (link !== undefined && link.callback !== callback) link = link.next;
    if (link !== undefined) this.remove(link);
  }

  clear(): void {
    for (let link = this.#places.first; link !== undefined; link = this.#places.first) this.remove(link);
  }

  /** Gives each a turn who has not been given one. */
  tell(source: LinkSource): void {
    for (let link = this.#places.first; link !== undefined; link = link.next) {
      if (!link.isCalled) this.#tell(link, source);
    }
  }

  #tell(link: Link, source: LinkSource): void {
    if (link.callback === undefined) {
      link.call();
      return;
    }
    link.isCalled = true;
    link.handle = hub.runCallback(() => {
      this.#places.remove(link);
      callBack(link.callback as LinkCallback<LinkSource>, link.kind, source);
    });
  }
}

// On the hub.
function callBack(callback: LinkCallback<LinkSource>, kind: LinkKind, source: LinkSource): void {
  if (kind === 'raw') callReported(callback, source);
  else if (kind === 'any' || source.successful() === (kind === 'value')) {
    new RawGreenlet(() => callReported(callback, source), hub.greenlet).switch();
  }
}

function callReported(callback: LinkCallback<LinkSource>, source: LinkSource): void {
  try {
    callback(source);
  } catch (error) {
    hub.failed(new ReportedCall(callback, source), error);
  }
}
