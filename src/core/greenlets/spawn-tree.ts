import { config, onConfig, setConfig } from '../config';
import { invalidArgType } from '../errors';
import { getHub } from '../hub/hub';
import type { Luggage } from '../switching/context';
import { spawnChannel, tell } from '../switching/channels';
import type { Run } from '../switching/greenlet-arguments';
import { identOf } from '../switching/ident';
import { getCurrent, RawGreenlet } from '../switching/raw-greenlet';
import { formatFrames } from '../switching/stack-trace';

/** How many frames of the spawning stack are kept. Source: `Greenlet.spawning_stack_limit`. */
const STACK_LIMIT = 10;

const hub = getHub();
let keepsStacks = config.trackGreenletTree;

onConfig(['trackGreenletTree'], () => {
  keepsStacks = config.trackGreenletTree;
});

/** What all children of one greenlet share. It holds that greenlet weakly, so that a long line of spawners can go. */
interface Spawner {
  readonly greenlet: WeakRef<RawGreenlet>;
  readonly locals: Record<PropertyKey, unknown>;
}

// Of spawners that are not spawned themselves, such as those that run Node's callbacks.
const others = new WeakMap<RawGreenlet, Spawner>();

/**
 * Sets whether each spawned greenlet remembers the stack that has spawned it, for `spawningStack` and for the report of
 * its error: the option `trackGreenletTree`. Off unless set, or unless the environment has
 * `UNBLOCK_TRACK_GREENLET_TREE=1`: to capture a stack takes longer than all the rest of a spawn and a join.
 *
 * @returns what was set before
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no boolean
 * @example
 * keepSpawningStacks(true);
 * spawn(serve).spawningStack; // where this line is
 *
 * Source: the configuration `track_greenlet_tree`, which upstream is on; the tree itself is always kept here.
 */
export function keepSpawningStacks(keeps: boolean): boolean {
  if (typeof keeps !== 'boolean') throw invalidArgType('keeps', 'a boolean', keeps);
  const before = keepsStacks;
  setConfig({ trackGreenletTree: keeps });
  return before;
}

/** A greenlet of the hub's that knows who has spawned it, and has a name. */
export class SpawnedGreenlet extends RawGreenlet {
  /** Who has spawned it; undefined for the main greenlet. */
  readonly #spawner: Spawner | undefined;
  /** What it is to its own children; made for the first one. */
  #asSpawner: Spawner | undefined;
  #origin: { stack?: string } | undefined;
  #name: string | undefined;

  constructor(run?: Run | null, luggage?: Luggage) {
    super(run, hub.greenlet, luggage);
    const spawner = getCurrent();
    if (spawner !== hub.greenlet) this.#spawner = SpawnedGreenlet.#spawnerFor(spawner);
    if (keepsStacks) this.#origin = captureStack(new.target);
  }

  /** The greenlet that has made this one; undefined when it has been collected. */
  get spawningGreenlet(): RawGreenlet | undefined {
    return this.#spawner === undefined ? hub.greenlet : this.#spawner.greenlet.deref();
  }

  /** Where it was made, as the text of up to 10 frames, innermost first; undefined unless the stacks are kept. */
  get spawningStack(): string | undefined {
    return this.#origin && formatFrames(this.#origin).split('\n').slice(0, STACK_LIMIT).join('\n');
  }

  /** An object for the program's use, the same for all greenlets that descend from one child of the main greenlet. */
  get spawnTreeLocals(): Record<PropertyKey, unknown> {
    return this.#spawner?.locals ?? SpawnedGreenlet.#spawnerFor(this).locals;
  }

  /** A small number, unique among the living greenlets; that of a collected one is given again. */
  get minimalIdent(): number {
    return identOf(this);
  }

  /**
   * Its class and its ident, `Greenlet-7`, unless set.
   *
   * @throws {TypeError} ERR_INVALID_ARG_TYPE when it is set to what is no string
   */
  get name(): string {
    return (this.#name ??= `${this.constructor.name}-${this.minimalIdent}`);
  }

  set name(name: string) {
    if (typeof name !== 'string') throw invalidArgType('name', 'a string', name);
    this.#name = name;
  }

  /** Tells those who have subscribed that it has been spawned. Internal. */
  tellSpawn(delay: number): void {
    if (!spawnChannel.hasSubscribers) return;
    tell(spawnChannel, { greenlet: this, spawner: this.spawningGreenlet ?? hub.greenlet, delay });
  }

  /** The name if it was set or asked for, with a space before it; to make one for each report would cost too much. */
  protected get knownName(): string {
    return this.#name === undefined ? '' : ` ${JSON.stringify(this.#name)}`;
  }

  static #spawnerFor(greenlet: RawGreenlet): Spawner {
    const known = #asSpawner in greenlet ? greenlet.#asSpawner : others.get(greenlet);
    if (known !== undefined) return known;
    const made = { greenlet: new WeakRef(greenlet), locals: SpawnedGreenlet.#localsFor(greenlet) };
    if (#asSpawner in greenlet) greenlet.#asSpawner = made;
    else others.set(greenlet, made);
    return made;
  }

  static #localsFor(greenlet: RawGreenlet): Record<PropertyKey, unknown> {
    return (#spawner in greenlet ? greenlet.#spawner?.locals : undefined) ?? {};
  }
}

function captureStack(from: Function): { stack?: string } {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  // A few frames more than wanted, since our own are left out.
  Error.stackTraceLimit = STACK_LIMIT + 4;
  Error.captureStackTrace(holder, from);
  Error.stackTraceLimit = limit;
  return holder;
}
