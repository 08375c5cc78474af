/** Small numbers for objects, given on demand: unique among the living, and given again after the collector has been. */

const idents = new WeakMap<object, number>();
const freed: number[] = [];
let isSorted = true;
let next = 0;

const registry = new FinalizationRegistry<number>((ident) => {
  freed.push(ident);
  isSorted = false;
});

/**
 * The number of an object: the smallest that was free when it was first asked for.
 *
 * Source: `gevent._ident.IdentRegistry`.
 */
export function identOf(object: object): number {
  const known = idents.get(object);
  if (known !== undefined) return known;
  const ident = smallestFree();
  idents.set(object, ident);
  registry.register(object, ident);
  return ident;
}

function smallestFree(): number {
  if (!isSorted) freed.sort((a, b) => b - a);
  isSorted = true;
  return freed.pop() ?? next++;
}
