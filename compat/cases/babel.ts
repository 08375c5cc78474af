import assert from 'node:assert/strict';
import { type PluginObj, transformAsync, transformSync } from '@babel/core';
import { block, scenario, withBlocking } from '../support/scenario';

function reversing(): PluginObj {
  return {
    pre: () => block(),
    visitor: {
      Identifier(path) {
        block();
        if (path.node.name.startsWith('olleh')) path.node.name = 'hello';
      },
      Program: { exit: () => block() },
    },
  };
}

const options = {
  babelrc: false,
  configFile: false,
  presets: [['@babel/preset-env', { targets: { node: '4' } }]],
} as const;

scenario(
  async () => {
    const plugins = [reversing];
    const result = await transformAsync('const f = (olleh = 1) => `${olleh}`; class A { #x; }', {
      ...options,
      presets: [...options.presets] as never,
      plugins,
      filename: 'a.js',
    });
    assert.match(result!.code!, /var hello = arguments/);
    assert.match(result!.code!, /new WeakMap/);
    assert.equal(transformSync('olleh', { babelrc: false, configFile: false, plugins })!.code, 'hello;');
    assert.throws(() => transformSync('let let', options as never), { code: 'BABEL_PARSE_ERROR' });
  },
  { crowd: 4 },
);

withBlocking('a plugin that reads its replacement from a service in the middle of a visit', ({ wait }) => {
  const version = async (): Promise<string> => '1.2.3';
  const plugin: PluginObj = {
    visitor: { StringLiteral: (path) => void (path.node.value === 'VERSION' && (path.node.value = wait(version()))) },
  };
  const { code } = transformSync("f('VERSION')", {
    babelrc: false,
    configFile: false,
    plugins: [plugin],
    retainLines: true,
  })!;
  assert.match(code!, /1\.2\.3/);
});
