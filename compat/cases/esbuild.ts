import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';
import { block, scenario } from '../support/scenario';

scenario(
  async () => {
    const files: Readonly<Record<string, string>> = {
      entry: "import { shout } from 'virtual:shout'; console.log(shout('a' as string));",
      'virtual:shout': 'export const shout = (text: string) => text.toUpperCase();',
    };
    const built = await esbuild.build({
      ...{ entryPoints: ['entry'], bundle: true, write: false, minify: true, format: 'esm' },
      plugins: [
        {
          name: 'virtual',
          setup(build) {
            block();
            build.onStart(() => block());
            build.onResolve({ filter: /^(entry|virtual:.*)$/ }, ({ path }) => {
              block();
              return { path, namespace: 'virtual' };
            });
            build.onLoad({ filter: /.*/, namespace: 'virtual' }, async ({ path }) => {
              block();
              return { contents: files[path]!, loader: 'ts' };
            });
            build.onEnd(() => block());
          },
        },
      ],
    });
    assert.match(built.outputFiles[0]!.text, /toUpperCase/);
    assert.equal(esbuild.transformSync('let n: number = 1', { loader: 'ts' }).code, 'let n = 1;\n');
    const { code } = await esbuild.transform('enum A { B }', { loader: 'ts', minify: true });
    block();
    assert.match(code, /var A=/);
    await assert.rejects(esbuild.transform('let let', { logLevel: 'silent' }), /Transform failed with 1 error/);
  },
  { crowd: 4 },
);
