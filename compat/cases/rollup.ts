import assert from 'node:assert/strict';
import { type Plugin, rollup } from 'rollup';
import { block, scenario, withBlocking } from '../support/scenario';

const files: Readonly<Record<string, string>> = {
  entry: "import { used } from 'lib'; console.log(used, VERSION);",
  lib: "export const used = 'used'; export const unused = 'shaken off';",
};

const virtual: Plugin = {
  name: 'virtual',
  buildStart: () => block(),
  resolveId: (id) => (block(), id in files ? id : null),
  load: async (id) => (block(), files[id]),
  transform: (code) => (block(), code.replace('VERSION', '42')),
  moduleParsed: () => block(),
  renderChunk: (code) => (block(), `// banner\n${code}`),
  generateBundle: () => block(),
};

scenario(async () => {
  const warnings: string[] = [];
  const bundle = await rollup({
    input: 'entry',
    plugins: [virtual],
    onwarn: (warning) => (block(), void warnings.push(warning.message)),
  });
  const { output } = await bundle.generate({ format: 'cjs' });
  assert.match(output[0].code, /^\/\/ banner\n/);
  assert(output[0].code.includes('console.log(used, 42)') && !output[0].code.includes('shaken off'));
  await bundle.close();
  assert.deepEqual(warnings, []);
  await assert.rejects(rollup({ input: 'nowhere', plugins: [virtual] }), /Could not resolve entry module/);
});

withBlocking('the name of a file is asked of a service, where Rollup takes only a string', async ({ wait }) => {
  const nameOf = async (name: string): Promise<string> => `${name}-of-service`;
  const bundle = await rollup({ input: 'entry', plugins: [virtual] });
  const { output } = await bundle.generate({ format: 'es', entryFileNames: ({ name }) => `${wait(nameOf(name))}.js` });
  assert.equal(output[0].fileName, 'entry-of-service.js');
});
