import assert from 'node:assert/strict';
import ts from 'typescript';
import { block, scenario } from '../support/scenario';

const source = `
export enum Color { Red, Green }
export function paint(color: Color): string { return Color[color] }
const wrong: number = paint(Color.Red);
`;

scenario(
  () => {
    const options: ts.CompilerOptions = {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      types: [],
    };
    const host = ts.createCompilerHost(options);
    const written = new Map<string, string>();
    const { getSourceFile } = host;
    host.getSourceFile = (name, ...rest) => {
      block();
      if (name === 'paint.ts') return ts.createSourceFile(name, source, ts.ScriptTarget.ES2022);
      return getSourceFile(name, ...rest);
    };
    host.writeFile = (name, text) => {
      block();
      written.set(name, text);
    };
    const doubled = ts.createProgram(['paint.ts'], { ...options, noLib: false, lib: ['lib.es5.d.ts'] }, host);
    const messages = ts.getPreEmitDiagnostics(doubled).map(({ messageText }) => messageText);
    assert.deepEqual(messages, ["Type 'string' is not assignable to type 'number'."]);
    doubled.emit(undefined, undefined, undefined, undefined, {
      before: [
        (context) => (file) => {
          const visit = (node: ts.Node): ts.Node => {
            if (ts.isIdentifier(node) && node.text === 'paint') block();
            return ts.visitEachChild(node, visit, context);
          };
          return ts.visitNode(file, visit) as ts.SourceFile;
        },
      ],
    });
    assert.match(written.get('paint.js')!, /exports\.paint = paint/);
    assert.equal(
      ts.transpile('let n: number = 1 satisfies number', { target: ts.ScriptTarget.ES2022 }).trim(),
      'let n = 1;',
    );
  },
  { crowd: 3 },
);
