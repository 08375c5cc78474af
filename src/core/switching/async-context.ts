/**
 * The async context that travels with a greenlet: its levels on Node's async-hooks stack (what `executionAsyncId()`
 * reads, and where AsyncLocalStorage may stand) and the AsyncContextFrame (where it stands otherwise). Both are moved
 * here, because JavaScript reaches them in a nanosecond and C++ does not: the levels lie in arrays.
 *
 * The main stack's levels stay at the bottom while a greenlet runs, the running greenlet's lie above them. Node pops
 * by id and aborts on a mismatch, so a greenlet takes its levels along when it leaves.
 */
import { internals } from '../internals';
import { node } from '../node';
import { keepsFrames, kStores, storesIn } from './async-local-storage';
import { frames } from './frame';
import { copyScopes, hasScopes, NO_SCOPES, putBack, type StoreScope, takeStores } from './store-scopes';
import { endView, leaveView, returnToView, type StoreView } from './store-view';

/** One level of the async-hooks stack. */
interface Level {
  readonly executionId: number;
  readonly triggerId: number;
  readonly resource: Resource;
  readonly stores: object | undefined;
}

/** What a level is for; AsyncLocalStorage may keep its stores in it. */
type Resource = object & { [kStores]?: object | undefined };

/** What a greenlet takes along: its levels, of which nearly all have one, and Node's default trigger. */
export interface Luggage extends Level {
  readonly above: readonly Level[];
  readonly defaultTriggerId: number;
  readonly scopes: StoreScope[];
  /** Whether others have its lowest level too, with stores in its resource; and what it has seen there. */
  readonly shares: boolean;
  readonly view: StoreView | undefined;
  /** The frame that it is to begin with; only until it does. */
  frame: unknown;
}

interface AsyncWrap {
  async_hook_fields: Uint32Array;
  async_id_fields: Float64Array;
  readonly async_ids_stack: Float64Array;
  execution_async_resources: Resource[];
  executionAsyncResource(index: number): Resource | undefined;
  pushAsyncContext(executionId: number, triggerId: number, resource?: Resource): void;
  constants: Record<
    'kInit' | 'kStackLength' | 'kExecutionAsyncId' | 'kTriggerAsyncId' | 'kDefaultTriggerAsyncId',
    number
  >;
}

const { getFrame, setFrame } = frames;
const wrap = internals.internalBinding(
  'async_wrap',
  ...['async_hook_fields', 'async_id_fields', 'async_ids_stack', 'execution_async_resources'],
  ...['executionAsyncResource', 'constants'],
) as AsyncWrap;
const { async_hook_fields: fields, async_id_fields: ids, execution_async_resources: resources } = wrap;
const { kInit, kStackLength, kExecutionAsyncId, kTriggerAsyncId, kDefaultTriggerAsyncId } = wrap.constants;
const { pushAsyncContext } = internals.internalModule('internal/async_hooks', 'pushAsyncContext') as Pick<
  AsyncWrap,
  'pushAsyncContext'
>;
const { resource_symbol: kPublic } = internals.internalBinding('symbols', 'resource_symbol') as {
  resource_symbol: symbol;
};
// Timers lose the object with their stores at their end.
const losesStores = !keepsFrames && kStores !== undefined;
const NO_DEFAULT_TRIGGER = -1;
const NO_LEVEL = -1;
const NO_LEVELS: readonly Level[] = [];

/** The resource of a greenlet, where nobody listens to resources. */
class Greenlet {}

// The frame that is there already, when a greenlet is started where it was made.
const SAME = Symbol('same');

/**
 * What a greenlet begins with that carries on for the main one: nothing of its own. As long as it has not been suspended,
 * the main stack's topmost level, right below, is its level too; only when it leaves does it take a copy along.
 */
export const MAINS: Luggage = { ...newLuggage(NO_LEVEL, NO_LEVEL, {}, SAME), shares: !keepsFrames };

// Where the main stack's levels end, and the ids of the last of them.
let floor = 0;
let floorId = 0;
let floorTriggerId = 0;

// What Node has in place of a level where there is none.
const ROOT: Level = { executionId: 0, triggerId: 0, resource: topLevelResource(), stores: undefined };

function topLevelResource(): object {
  const length = fields[kStackLength]!;
  fields[kStackLength] = 0;
  const resource = node.executionAsyncResource();
  fields[kStackLength] = length;
  return resource;
}

/** What a greenlet that is created here begins with: its creator's stores, in a resource of its own. */
export function inherit(): Luggage {
  const frame = getFrame();
  // Only hooks make it worth to announce a resource: AsyncLocalStorage, which copies its stores into it, or a user's.
  if (fields[kInit]! > 0) {
    const resource = new node.AsyncResource('GREENLET');
    return newLuggage(resource.asyncId(), resource.triggerAsyncId(), resource, frame);
  }
  return newLuggage(ids[kExecutionAsyncId]!, ids[kTriggerAsyncId]!, new Greenlet(), frame);
}

function newLuggage(executionId: number, triggerId: number, resource: Resource, frame: unknown): Luggage {
  return {
    executionId: inPlace(executionId),
    triggerId: inPlace(triggerId),
    resource,
    stores: storesOf(resource),
    above: NO_LEVELS,
    defaultTriggerId: NO_DEFAULT_TRIGGER,
    scopes: NO_SCOPES,
    shares: false,
    view: undefined,
    frame,
  };
}

// A small integer, which needs no object of its own.
function inPlace(id: number): number {
  const small = id | 0;
  return small === id ? small : id;
}

function storesOf(resource: Resource): object | undefined {
  return losesStores ? resource[kStores] : undefined;
}

/** What a greenlet that merely carries on for its starter begins with: the very same level, and the stores of its runs. */
export function share(isMain: boolean): Luggage {
  const luggage = isMain ? MAINS : shareLevel();
  return hasScopes() ? { ...luggage, scopes: copyScopes() } : luggage;
}

function shareLevel(): Luggage {
  const length = fields[kStackLength]!;
  if (length === 0) return MAINS;
  const { executionId, triggerId, resource } = levelAt(length - 1, length);
  return { ...newLuggage(executionId, triggerId, resource, SAME), shares: !keepsFrames };
}

/** Notes where the main stack's levels end, which stay: the others' begin above them. */
export function leaveMain(): Luggage | undefined {
  floor = fields[kStackLength]!;
  floorId = ids[kExecutionAsyncId]!;
  floorTriggerId = ids[kTriggerAsyncId]!;
  const defaultTriggerId = ids[kDefaultTriggerAsyncId]!;
  if (defaultTriggerId === NO_DEFAULT_TRIGGER && !hasScopes()) return undefined;
  ids[kDefaultTriggerAsyncId] = NO_DEFAULT_TRIGGER;
  return { ...MAINS, defaultTriggerId, scopes: takeStores() };
}

/**
 * Takes the leaving greenlet's levels off the stack.
 *
 * @param before what it began with, or took along last time: mostly that is what it takes now
 */
export function pack(before: Luggage): Luggage {
  const length = fields[kStackLength]!;
  if (
    length === floor + 1 &&
    length === resources.length &&
    before.executionId === ids[kExecutionAsyncId] &&
    before.resource === resources[floor] &&
    before.above === NO_LEVELS &&
    before.scopes === NO_SCOPES &&
    !keepsView(before) &&
    !hasScopes() &&
    ids[kDefaultTriggerAsyncId] === NO_DEFAULT_TRIGGER
  ) {
    ids[kExecutionAsyncId] = floorId;
    ids[kTriggerAsyncId] = floorTriggerId;
    fields[kStackLength] = floor;
    resources.pop();
    return before;
  }
  const luggage = packAnew(before, length);
  drop();
  return luggage;
}

// Hooks say that a storage may be in use.
function keepsView({ shares, view }: Luggage): boolean {
  return shares && (fields[kInit]! > 0 || view !== undefined);
}

// Its lowest level is lost if Node has cleared them all: what lies in its place has come later, and goes before it does.
function packAnew(before: Luggage, length: number): Luggage {
  checkFloor(length);
  const base = before.executionId === NO_LEVEL ? floor - 1 : floor;
  const isLost = base < 0 || (base === floor && (base >= length || idAt(base, length) !== before.executionId));
  const { executionId, triggerId, resource } = isLost ? ROOT : levelAt(base, length);
  const above: Level[] = [];
  for (let index = isLost ? floor : base + 1; index < length; index++) above.push(levelAt(index, length));
  return {
    ...newLuggage(executionId, triggerId, resource, undefined),
    above: above.length === 0 ? NO_LEVELS : above,
    defaultTriggerId: ids[kDefaultTriggerAsyncId]!,
    scopes: takeStores(),
    shares: before.shares,
    view: keepsView(before) ? leaveView(storesIn(resource)) : undefined,
  };
}

/** Puts the levels of a greenlet that has come back on top of the main stack's, and its frame in its place. */
export function unpack(luggage: Luggage | undefined, frame: unknown): void {
  setFrame(frame);
  if (luggage === undefined) return;
  if (luggage.executionId !== NO_LEVEL) push(luggage);
  if (luggage.above !== NO_LEVELS) for (const level of luggage.above) push(level);
  if (luggage.defaultTriggerId !== NO_DEFAULT_TRIGGER) ids[kDefaultTriggerAsyncId] = luggage.defaultTriggerId;
  if (luggage.view !== undefined) returnToView(luggage.view);
  if (luggage.scopes !== NO_SCOPES) putBack(luggage.scopes);
}

// What Node's pushAsyncContext does, without its call.
function push({ executionId, triggerId, resource, stores }: Level): void {
  if (stores !== undefined) resource[kStores] ??= stores;
  const length = fields[kStackLength]!;
  const stack = wrap.async_ids_stack;
  if (2 * length >= stack.length) {
    pushAsyncContext(executionId, triggerId, resource);
    return;
  }
  stack[2 * length] = ids[kExecutionAsyncId]!;
  stack[2 * length + 1] = ids[kTriggerAsyncId]!;
  resources[length] = resource;
  fields[kStackLength] = length + 1;
  ids[kExecutionAsyncId] = executionId;
  ids[kTriggerAsyncId] = triggerId;
}

/** Gives a new greenlet what it begins with. */
export function begin(luggage: Luggage): void {
  if (luggage === MAINS) return;
  if (luggage.executionId !== NO_LEVEL) push(luggage);
  if (luggage.scopes !== NO_SCOPES) putBack(luggage.scopes);
  if (luggage.frame !== SAME) setFrame(luggage.frame);
  luggage.frame = undefined;
}

/** The running greenlet can leave wherever it is: its levels go with it. */
export function whyBound(): string | undefined {
  return undefined;
}

/** Drops whatever an ending greenlet has left above the main stack's levels: a throw may have skipped its own pops. */
export function drop(): void {
  const length = fields[kStackLength]!;
  ids[kDefaultTriggerAsyncId] = NO_DEFAULT_TRIGGER;
  if (hasScopes()) takeStores();
  endView();
  checkFloor(length);
  if (length <= floor) return;
  const stack = wrap.async_ids_stack;
  ids[kExecutionAsyncId] = stack[2 * floor]!;
  ids[kTriggerAsyncId] = stack[2 * floor + 1]!;
  fields[kStackLength] = floor;
  // Setting a length is a call into V8; popping is not.
  while (resources.length > floor) resources.pop();
}

// An uncaught error makes Node clear the whole stack, the main stack's levels included, whoever runs.
function checkFloor(length: number): void {
  if (floor === 0) return;
  const below = length > floor ? wrap.async_ids_stack[2 * floor] : ids[kExecutionAsyncId];
  if (length < floor || below !== floorId) floor = floorId = floorTriggerId = 0;
}

// Node's parsers, and what else it uses again, show a resource of the one that they work for, which has its stores. Once they
// work for another, or for nobody, they do not show it any more: a suspended greenlet keeps it.
function publicOf(resource: Resource): Resource {
  return (Reflect.get(resource, kPublic) as Resource | undefined) ?? resource;
}

// The stack holds at each index what the level above has replaced, so the topmost level's ids are the current ones.
function idAt(index: number, length: number): number {
  return index + 1 === length ? ids[kExecutionAsyncId]! : wrap.async_ids_stack[2 * (index + 1)]!;
}

function levelAt(index: number, length: number): Level {
  const resource = publicOf(resources[index] ?? wrap.executionAsyncResource(index) ?? {});
  return {
    executionId: idAt(index, length),
    triggerId: index + 1 === length ? ids[kTriggerAsyncId]! : wrap.async_ids_stack[2 * (index + 1) + 1]!,
    resource,
    stores: storesOf(resource),
  };
}
