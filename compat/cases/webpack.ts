import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import webpack, { type Compiler, type Stats } from 'webpack';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

const shoutLoader =
  'module.exports = function (source) { return source.toUpperCase().replace("EXPORT DEFAULT", "export default"); };';

const leaves = Array.from({ length: 12 }, (_, n) => n);

scenario(
  () =>
    inScratchFolder(async (context) => {
      const files = {
        'index.js': `import text from './text.txt'; ${leaves.map((n) => `export { used as used${n} } from './leaf${n}';`).join('')} export { text };`,
        'tree.js': "export const used = 'used'; export const unused = 'shaken off';",
        'text.txt': "export default 'loud'",
        'shout.cjs': shoutLoader,
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(context, name), text);
      for (const n of leaves) writeFileSync(path.join(context, `leaf${n}.js`), "export { used } from './tree';");
      const plugin = (compiler: Compiler): void => {
        block();
        compiler.hooks.compilation.tap('Case', (compilation) => {
          block();
          compilation.hooks.succeedModule.tap('Case', () => block());
          compilation.hooks.optimizeChunkAssets?.tap?.('Case', () => block());
        });
        compiler.hooks.emit.tapAsync('Case', (_compilation, done) => {
          block();
          done();
        });
        compiler.hooks.done.tapPromise('Case', async () => block());
      };
      const compiler = webpack({
        ...{ mode: 'production', context, entry: './index.js', target: 'node' },
        output: { path: path.join(context, 'out'), filename: 'bundle.js', library: { type: 'commonjs2' } },
        module: {
          rules: [
            {
              test: (file: string) => (block(), file.endsWith('.txt')),
              use: path.join(context, 'shout.cjs'),
              type: 'javascript/esm',
            },
          ],
        },
        plugins: [plugin],
      });
      const stats = await new Promise<Stats>((resolve, reject) =>
        compiler!.run((error, result) => (block(), error ? reject(error) : resolve(result!))),
      );
      assert.deepEqual(stats.toJson().errors, []);
      const bundle = readFileSync(path.join(context, 'out', 'bundle.js'), 'utf8');
      assert(bundle.includes('LOUD') && bundle.includes('used') && !bundle.includes('shaken off'));
      await new Promise((resolve) => compiler!.close(resolve));
    }),
  { crowd: 3 },
);
