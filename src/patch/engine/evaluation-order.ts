/** Modules that are evaluated in one go: one, or those of a circle, with all that is reached from it. */
export interface Unit<M> {
  /** The one whose evaluation evaluates all. */
  readonly entry: M;
  readonly members: readonly M[];
}

/** The units of a graph of modules. */
export interface EvaluationOrder<M> {
  /** In the order in which they are evaluated; the last one's entry is the root. */
  readonly units: readonly Unit<M>[];
  /** By whom a module is evaluated first; undefined for the root. */
  readonly importers: ReadonlyMap<M, M>;
}

/**
 * Takes the evaluation of a graph of modules apart, so that who wants one module has to wait for that one alone. One by
 * one the units run in the very order in which the engine would have run them in one go.
 *
 * @param root the module that is to be evaluated
 * @param importsOf what a module imports that is not evaluated yet, in order
 *
 * Source: Tarjan's algorithm, as in `InnerModuleEvaluation` of ECMAScript.
 */
export function evaluationOrder<M>(root: M, importsOf: (module: M) => readonly M[]): EvaluationOrder<M> {
  const units: Unit<M>[] = [];
  const importers = new Map<M, M>();
  const indexes = new Map<M, number>();
  const open: M[] = [];
  const isOpen = new Set<M>();

  const visit = (module: M): number => {
    const index = indexes.size;
    const firstUnit = units.length;
    indexes.set(module, index);
    const place = open.length;
    open.push(module);
    isOpen.add(module);
    let lowest = index;
    for (const imported of importsOf(module)) {
      const known = indexes.get(imported);
      if (known === undefined) {
        importers.set(imported, module);
        lowest = Math.min(lowest, visit(imported));
      } else if (isOpen.has(imported)) {
        lowest = Math.min(lowest, known);
      }
    }
    if (lowest === index) {
      const members = open.splice(place);
      for (const member of members) isOpen.delete(member);
      // Some of what a circle imports is evaluated between its modules.
      if (members.length > 1) for (const unit of units.splice(firstUnit)) members.push(...unit.members);
      units.push({ entry: module, members });
    }
    return lowest;
  };

  visit(root);
  return { units, importers };
}
