import { expect } from 'chai';

import { evaluationOrder } from '../../../src/patch/engine/evaluation-order';

/** The units of a graph that is written as `a: b c, b: c`, from its first module on. */
function unitsOf(graph: string): string[] {
  const imports = new Map(graph.split(', ').map((line) => [line[0]!, line.slice(3).split(' ').filter(Boolean)]));
  const { units } = evaluationOrder(graph[0]!, (module) => imports.get(module) ?? []);
  return units.map(({ entry, members }) => [entry, ...members.filter((member) => member !== entry).sort()].join(''));
}

describe('the order in which modules are evaluated', () => {
  it('is that of their imports, each once, the root last', () => {
    expect(unitsOf('a')).to.deep.equal(['a']);
    expect(unitsOf('a: b c, b: d, c: d b')).to.deep.equal(['d', 'b', 'c', 'a']);
  });

  it('has a circle as one, with all that it imports', () => {
    expect(unitsOf('a: b, b: c, c: b')).to.deep.equal(['bc', 'a']);
    expect(unitsOf('a: b, b: a')).to.deep.equal(['ab']);
    expect(unitsOf('a: x b, b: c y, c: z b')).to.deep.equal(['x', 'bcyz', 'a']);
  });

  it('has a module that imports itself as one that does not', () => {
    expect(unitsOf('a: a b, b: b')).to.deep.equal(['b', 'a']);
  });

  it('tells by whom each is imported first', () => {
    const imports: Record<string, string[]> = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] };
    const { importers } = evaluationOrder('a', (module) => imports[module]!);
    expect([...importers].sort()).to.deep.equal([
      ['b', 'a'],
      ['c', 'a'],
      ['d', 'b'],
    ]);
  });
});
