import assert from 'node:assert/strict';
import prettier, { type AstPath, type Plugin } from 'prettier';
import { block, scenario } from '../support/scenario';

const words: Plugin<string[]> = {
  languages: [{ name: 'words', parsers: ['words'] }],
  parsers: {
    words: {
      astFormat: 'words',
      parse: (text) => (block(), text.split(/\s+/)),
      locStart: () => (block(), 0),
      locEnd: () => 0,
    },
  },
  printers: { words: { print: (path: AstPath<string[]>) => (block(), path.node.join('-')) } },
};

scenario(async () => {
  assert.equal(await prettier.format('let  a={b:1,}', { parser: 'babel', singleQuote: true }), 'let a = { b: 1 };\n');
  block();
  assert.equal(await prettier.format('const a : number=1', { parser: 'typescript' }), 'const a: number = 1;\n');
  assert.equal(await prettier.format('a{b:c}', { parser: 'css' }), 'a {\n  b: c;\n}\n');
  block();
  assert.equal(await prettier.format('# a\n* b\n* `c`', { parser: 'markdown' }), '# a\n\n- b\n- `c`\n');
  assert.equal(await prettier.format('a  b   c', { parser: 'words', plugins: [words as Plugin] }), 'a-b-c');
  assert.equal(await prettier.check('a;\n', { parser: 'babel' }), true);
  await assert.rejects(prettier.format('let let', { parser: 'babel' }), SyntaxError);
});
