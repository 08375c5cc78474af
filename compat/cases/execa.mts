import assert from 'node:assert/strict';
import { execa, execaSync, ExecaError } from 'execa';
import { block, scenario, withBlocking } from '../support/scenario.js';

const script = (source: string): [string, string[]] => [process.execPath, ['-e', source]];
// The children need no loader: what is tested is their parent.
const options = { env: { NODE_OPTIONS: '' } };

scenario(
  async () => {
    const { stdout } = await execa(...script('console.log("hello")'), options);
    block();
    assert.equal(stdout, 'hello');
    const shouted = await execa({
      ...options,
      input: 'a\nb\n',
      stdout: function* (line: unknown) {
        block();
        yield String(line).toUpperCase();
      },
    })('cat');
    assert.equal(shouted.stdout, 'A\nB');
    const lines: string[] = [];
    for await (const line of execa('printf', ['1\\n2\\n3\\n'])) {
      block();
      lines.push(line);
    }
    assert.deepEqual(lines, ['1', '2', '3']);
    const piped = await execa('printf', ['b\\na\\n']).pipe('sort');
    assert.equal(piped.stdout, 'a\nb');
    await assert.rejects(execa(...script('process.exit(3)'), options), (error: ExecaError) => error.exitCode === 3);
    await assert.rejects(execa('sleep', ['10'], { timeout: 50 }), { timedOut: true });
    assert.equal(execaSync('cat', { input: 'text' }).stdout, 'text');
  },
  { crowd: 4 },
);

withBlocking('two children of execaSync at the same time', ({ joinAll, spawn }) => {
  const started = Date.now();
  joinAll(
    Array.from({ length: 4 }, () => spawn(() => execaSync('sleep', ['1']))),
    { raiseError: true },
  );
  assert(Date.now() - started < 3_900);
});
