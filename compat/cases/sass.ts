import assert from 'node:assert/strict';
import * as sass from 'sass';
import { block, scenario, withBlocking } from '../support/scenario';

const importer: sass.Importer<'sync'> = {
  canonicalize: (url) => (block(), new URL(`case:${url}`)),
  load: (url) => (block(), { contents: `$from: "${url.pathname}";`, syntax: 'scss' }),
};
const functions: Record<string, sass.CustomFunction<'sync'>> = {
  'double($n)': ([n]) => (block(), new sass.SassNumber(n!.assertNumber().value * 2)),
};
const source = '@use "theme"; a { b { width: double(21); from: theme.$from } }';
const expected = 'a b{width:42;from:"theme"}';

scenario(async () => {
  const options: sass.StringOptions<'sync'> = { importers: [importer], functions, style: 'compressed' };
  assert.equal(sass.compileString(source, options).css, expected);
  const later: sass.Importer = {
    canonicalize: async (url) => (block(), new URL(`case:${url}`)),
    load: async (url) => (block(), { contents: `$from: "${url.pathname}";`, syntax: 'scss' }),
  };
  const { css } = await sass.compileStringAsync(source, {
    ...{ importers: [later], style: 'compressed' },
    functions: { 'double($n)': async ([n]) => (block(), new sass.SassNumber(n!.assertNumber().value * 2)) },
  });
  assert.equal(css, expected);
  const messages: string[] = [];
  const logger: sass.Logger = { debug: (message) => (block(), void messages.push(message)) };
  sass.compileString('@debug "here";', { logger });
  assert.deepEqual(messages, ['here']);
  assert.throws(() => sass.compileString('a {'), /expected end of rule/);
});

withBlocking('a function of the fast synchronous compiler asks a service', ({ wait }) => {
  const brand = async (): Promise<string> => 'rebeccapurple';
  const { css } = sass.compileString('a { color: brand() }', {
    functions: { 'brand()': () => new sass.SassString(wait(brand()), { quotes: false }) },
  });
  assert.match(css, /color: rebeccapurple/);
});
