import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

import { setNoYield, whyNoYield } from '../../core/hub/no-yield';
import { internals } from '../../core/internals';
import { node } from '../../core/node';
import { identOf } from '../../core/switching/ident';
import { getCurrent } from '../../core/switching/raw-greenlet';
import { endOfSuspended, noteAwaiting } from './awaiting-modules';
import { type EvaluationOrder, evaluationOrder, type Unit } from './evaluation-order';
import { Import, isOwn } from './import';
import { noteFile } from './known-hazards';
import { beginEvaluation } from './loading';

/** What V8 knows about an ES module; one in CommonJS that is imported has one as well. */
interface Wrap {
  readonly url: string;
  link(...args: unknown[]): unknown;
  getModuleRequests(): ReadonlyArray<{ readonly phase?: number }>;
  getStatus(): number;
  /** Whether it, or what it imports, awaits at top level; from Node 24 on a property. */
  isGraphAsync?(): boolean;
  readonly hasAsyncGraph?: boolean;
  readonly hasTopLevelAwait?: unknown;
  evaluate(...args: unknown[]): Promise<unknown>;
  evaluateSync(...args: unknown[]): unknown;
}

const { ModuleWrap, throwIfPromiseRejected, kInstantiated, kEvaluating, kErrored, kEvaluationPhase } =
  internals.internalBinding(
    'module_wrap',
    ...['ModuleWrap', 'throwIfPromiseRejected', 'kInstantiated', 'kEvaluating', 'kErrored'],
  ) as Record<'kInstantiated' | 'kEvaluating' | 'kErrored', number> & {
    ModuleWrap: { readonly prototype: Wrap };
    throwIfPromiseRejected(promise: Promise<unknown>): void;
    /** Not before Node 24, where all imports are of one kind. */
    kEvaluationPhase?: number;
  };
const { codes } = internals.internalModule('internal/errors', 'codes') as {
  codes: { ERR_REQUIRE_CYCLE_MODULE: new (message: string) => Error };
};
const { getOrInitializeCascadedLoader } = internals.internalModule(
  'internal/modules/esm/loader',
  'getOrInitializeCascadedLoader',
) as {
  getOrInitializeCascadedLoader(): {
    loadCache: {
      keys(): Iterable<string>;
      get(url: string): { readonly module?: Wrap; readonly isMain?: boolean } | undefined;
    };
  };
};
const { prototype } = ModuleWrap;
const { link, getStatus, evaluate, evaluateSync } = prototype;
const original = { link, getStatus, evaluate, evaluateSync };
// What Node's loader says: no limit of time, and no end by SIGINT.
const NO_LIMITS: readonly unknown[] = [-1, false];

/** A root whose imports are being evaluated: to V8 it has not begun itself yet, nor has what lies between. */
interface Descent {
  readonly owner: number;
  readonly importers: ReadonlyMap<Wrap, Wrap>;
  readonly at: Wrap;
}

const linked = new WeakMap<Wrap, readonly Wrap[]>();
const imports = new Map<Wrap, Import>();
const descents = new Set<Descent>();
let isWhole = false;

/**
 * Lets greenlets that import an ES module which another one is evaluating wait for the end of that. V8 takes it for a
 * circle, in which a module is seen half-initialised, or ends the process.
 */
export function lockEsModules(): void {
  prototype.link = function link(...args) {
    noteFile(this.url);
    // On Node 20 it has no methods.
    linked.set(this, Array.from(args.at(-1) as ArrayLike<Wrap>));
    return Reflect.apply(original.link, this, args);
  };
  prototype.getStatus = function getStatus() {
    return statusFor(this, Reflect.apply(original.getStatus, this, arguments));
  };
  evaluateOneByOne('evaluate', whatEndsBefore, evaluateLater);
  evaluateOneByOne('evaluateSync', whichIsInTheWay, evaluateAfter);
  if ('Module' in vm) evaluateWhole(vm.Module as { prototype: { evaluate: (...args: unknown[]) => unknown } });
}

/** The files whose evaluation as ES modules has ended; those in CommonJS that were imported are among them. */
export function evaluatedFiles(): string[] {
  const { loadCache } = getOrInitializeCascadedLoader();
  const isEvaluated = (module: Wrap | undefined): boolean => module !== undefined && statusOf(module) > kEvaluating;
  const urls = [...loadCache.keys()].filter(
    (url) => url.startsWith('file:') && isEvaluated(loadCache.get(url)?.module),
  );
  return urls.map((url) => fileURLToPath(url));
}

function statusOf(module: Wrap): number {
  return Reflect.apply(original.getStatus, module, []);
}

// To the greenlet that runs, a module which another one evaluates has not been evaluated yet: so Node does not take it
// for a circle, but goes on to evaluate it, which waits.
function statusFor(module: Wrap, status: number): number {
  if (status === kEvaluating) return isWaitedFor(module) ? kInstantiated : status;
  if (status === kInstantiated && descents.size > 0 && [...descents].some((descent) => isAbove(module, descent))) {
    return kEvaluating;
  }
  return status;
}

function isAbove(module: Wrap, { owner, importers, at }: Descent): boolean {
  if (!isOwn(owner)) return false;
  let above = importers.get(at);
  while (above !== undefined && above !== module) above = importers.get(above);
  return above !== undefined;
}

// The main module may never end.
function isWaitedFor(module: Wrap): boolean {
  return imports.get(module)?.isWaitable === true && !isMain(module);
}

function isMain(module: Wrap): boolean {
  const job = getOrInitializeCascadedLoader().loadCache.get(module.url);
  return job?.isMain === true && job.module === module;
}

// Nothing of ours but this function is in the stack traces of modules.
function evaluateOneByOne<Obstacle>(
  name: 'evaluate' | 'evaluateSync',
  obstacleTo: (unit: Unit<Wrap>) => Obstacle | undefined,
  evaluateBehind: (module: Wrap, obstacle: Obstacle, args: unknown[]) => unknown,
): void {
  const replacement = function (this: Wrap, ...args: unknown[]): unknown {
    const { units, importers } = orderFor(this);
    let hasFailed = false;
    for (const unit of units) {
      const isRoot = unit.entry === this;
      // V8 finds the error, and says it once more.
      if (hasFailed && !isRoot) continue;
      const obstacle = obstacleTo(unit);
      if (obstacle !== undefined) return evaluateBehind(this, obstacle, args);
      // Somebody else may have evaluated it since.
      if (!isRoot && statusOf(unit.entry) !== kInstantiated) continue;
      const evaluation = begin(unit, importers);
      const outer = beginEvaluation();
      if (awaitsInCircle(unit)) holdCircle();
      try {
        const promise = Reflect.apply(original.evaluate, unit.entry, isRoot && name === 'evaluate' ? args : NO_LIMITS);
        noteAwaiting(unit, promise);
        if (isRoot && name === 'evaluate') return promise;
        // Who asked for the root is told of its error.
        node.then.call(promise, undefined, () => {});
        if (isRoot) throwIfPromiseRejected(promise);
      } finally {
        setNoYield(outer);
        end(unit, evaluation);
      }
      hasFailed = statusOf(unit.entry) === kErrored;
    }
    return Reflect.apply(original.evaluateSync, this, args);
  };
  Object.defineProperty(replacement, 'name', { value: name });
  Object.defineProperty(prototype, name, { value: replacement });
}

function orderFor(module: Wrap): EvaluationOrder<Wrap> {
  const order = evaluationOrder(module, importsOf);
  if (!isWhole) return order;
  isWhole = false;
  return { ...order, units: [{ entry: module, members: order.units.flatMap((unit) => unit.members) }] };
}

function allImportsOf(module: Wrap): readonly Wrap[] {
  return linked.get(module) ?? [];
}

// What is to be evaluated with a module, or is in the way.
function importsOf(module: Wrap): readonly Wrap[] {
  const all = allImportsOf(module);
  if (all.length === 0 || statusOf(module) !== kInstantiated) return [];
  const requests = kEvaluationPhase === undefined ? [] : module.getModuleRequests();
  return all.filter((imported, index) => {
    const status = statusOf(imported);
    return (status === kInstantiated || status === kEvaluating) && requests[index]?.phase === kEvaluationPhase;
  });
}

// The first module that awaits must not come to the end of that before V8 has been through the whole circle.
function awaitsInCircle({ entry, members }: Unit<Wrap>): boolean {
  return members.length > 1 && (entry.hasAsyncGraph ?? entry.isGraphAsync!());
}

function holdCircle(): void {
  if (whyNoYield() === undefined) setNoYield('while a circle of modules with top-level await is evaluated');
}

interface Evaluation {
  readonly imported: Import;
  readonly descent: Descent;
}

function begin({ entry, members }: Unit<Wrap>, importers: ReadonlyMap<Wrap, Wrap>): Evaluation {
  const imported = new Import();
  for (const member of members) imports.set(member, imported);
  const descent = { owner: identOf(getCurrent()), importers, at: entry };
  if (importers.size > 0) descents.add(descent);
  return { imported, descent };
}

function end({ members }: Unit<Wrap>, { imported, descent }: Evaluation): void {
  descents.delete(descent);
  for (const member of members) imports.delete(member);
  imported.end();
}

// No greenlet has to be suspended for a promise.
function whatEndsBefore({ members }: Unit<Wrap>): Promise<unknown> | undefined {
  const inTheWay = members.find((member) => imports.has(member));
  return inTheWay === undefined
    ? endOfSuspended(members.flatMap(allImportsOf), allImportsOf)
    : imports.get(inTheWay)!.ended;
}

async function evaluateLater(module: Wrap, end: Promise<unknown>, args: unknown[]): Promise<unknown> {
  await end.catch(() => {});
  return module.evaluate(...args);
}

// What the greenlet itself is evaluating it sees half-initialised, as in any circle.
function whichIsInTheWay({ members }: Unit<Wrap>): Wrap | undefined {
  return members.find((member) => imports.has(member) && !isOwn(imports.get(member)!.owner));
}

function evaluateAfter(module: Wrap, inTheWay: Wrap, args: unknown[]): unknown {
  const outer = beginEvaluation();
  try {
    if (isWaitedFor(inTheWay) && imports.get(inTheWay)!.wait()) return module.evaluateSync(...args);
  } finally {
    setNoYield(outer);
  }
  throw new codes.ERR_REQUIRE_CYCLE_MODULE(
    `Cannot require() ES Module ${module.url} while ${inTheWay.url} is being evaluated.`,
  );
}

// Modules of vm may have a queue of microtasks of their own, which is drained after each evaluation, or a time that all
// of them share.
function evaluateWhole(module: { prototype: { evaluate: (...args: unknown[]) => unknown } }): void {
  const evaluateModule = module.prototype.evaluate;
  module.prototype.evaluate = {
    evaluate(this: unknown, ...args: unknown[]) {
      isWhole = true;
      try {
        return Reflect.apply(evaluateModule, this, args);
      } finally {
        isWhole = false;
      }
    },
  }.evaluate;
}
