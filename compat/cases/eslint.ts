import assert from 'node:assert/strict';
import { ESLint, Linter, type Rule } from 'eslint';
import { block, scenario, withBlocking } from '../support/scenario';

const noFoo: Rule.RuleModule = {
  meta: { fixable: 'code', messages: { foo: 'foo is no name' }, schema: [] },
  create(context) {
    block();
    return {
      Identifier(node) {
        block();
        if (node.name !== 'foo') return;
        context.report({ node, messageId: 'foo', fix: (fixer) => (block(), fixer.replaceText(node, 'bar')) });
      },
      'Program:exit': () => block(),
    };
  },
};

scenario(
  async () => {
    const plugins = { own: { rules: { 'no-foo': noFoo } } };
    const eslint = new ESLint({
      overrideConfigFile: true,
      fix: true,
      overrideConfig: [{ plugins, rules: { 'own/no-foo': 'error', 'prefer-const': 'error' } }],
    });
    const [result] = await eslint.lintText('let foo = 1; use(foo);\n');
    assert.equal(result!.output, 'const bar = 1; use(bar);\n');
    const linter = new Linter();
    const messages = linter.verify('foo', [{ plugins, rules: { 'own/no-foo': 'error' } }]);
    assert.deepEqual(
      messages.map(({ ruleId, message }) => [ruleId, message]),
      [['own/no-foo', 'foo is no name']],
    );
  },
  { crowd: 4 },
);

withBlocking('a rule that asks a service about every name, where rules can only be synchronous', ({ wait }) => {
  const isTaken = async (name: string): Promise<boolean> => name.startsWith('taken');
  const rule: Rule.RuleModule = {
    create: (context) => ({
      Identifier(node) {
        if (wait(isTaken(node.name))) context.report({ node, message: `${node.name} is taken` });
      },
    }),
  };
  const config = [{ plugins: { own: { rules: { names: rule } } }, rules: { 'own/names': 'error' as const } }];
  const messages = new Linter().verify('free; takenName', config);
  assert.deepEqual(
    messages.map(({ message }) => message),
    ['takenName is taken'],
  );
});
