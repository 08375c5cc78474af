/** What kinds of modules the graphs have. */
export interface GraphOptions {
  /** ES modules alone, without circles and errors. */
  isPlain?: boolean;
  /** What each module calls in between. */
  call?: string;
}

const MODULES = 6;

/**
 * Small graphs of modules, each in a directory of its own, the same at each call: `graph-0/0.mjs`, ... Every module logs
 * when it begins and ends, and what it sees of those that it imports.
 */
export function graphFiles(count: number, { isPlain = false, call = '' }: GraphOptions = {}): Record<string, string> {
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  const chance = (oneIn: number): boolean => random(oneIn) === 0;
  const files: Record<string, string> = {};
  for (let graph = 0; graph < count; graph++) {
    const hasCircles = !isPlain && chance(2);
    const hasErrors = !isPlain && chance(4);
    const awaits = chance(3);
    const isEsModule = Array.from({ length: MODULES }, (_, i) => i === 0 || isPlain || !chance(5));
    isEsModule.forEach((isEs, i) => {
      const name = `graph ${graph} module ${i}`;
      const imported = Array.from({ length: 1 + random(3) }, () => random(MODULES)).concat(
        i + 1 < MODULES ? [i + 1] : [],
      );
      const allowed = imported.filter((other) => (hasCircles || other > i) && (isEs || !isEsModule[other]));
      const awaiting = isEs && awaits && chance(3) ? `await null; log('${name} goes on'); ${call}` : '';
      const error = isEs && i > 0 && hasErrors && chance(4) ? `throw new Error('${name}');` : '';
      const see = allowed.map((other, j) =>
        isEs
          ? `log('${name} sees ' + attempt(() => ${isEsModule[other] ? `other${j}` : `other${j}.value`}));`
          : `log('${name} sees ' + require('./${other}.cjs').value);`,
      );
      const body = `log('${name} begins'); ${see.join(' ')} ${call} ${awaiting} ${error} log('${name} ends');`;
      const attempt = `const attempt = (get) => { try { return get(); } catch { return 'early'; } };`;
      const imports = allowed.map((other, j) =>
        isEsModule[other]
          ? `import { value as other${j} } from './${other}.mjs';`
          : `import other${j} from './${other}.cjs';`,
      );
      files[`graph-${graph}/${i}.${isEs ? 'mjs' : 'cjs'}`] = isEs
        ? `${imports.join('\n')}\n${attempt}\n${body}\nexport const value = ${i};`
        : `${body}\nexports.value = ${i};`;
    });
  }
  return files;
}
