import { expect } from 'chai';
import path from 'node:path';

import { readSuspendedCall, setModuleFinder } from '../../../src/core/seeing/suspended-call';
import { repoRoot } from '../../support/spawn-script';

const ours = (name: string, file = 'core/queues/queue.js'): string =>
  `    at ${name} (${path.join(repoRoot, 'dist', 'src', file)}:1:2)`;

describe('the call in which a greenlet is suspended', () => {
  const program = ['    at consume (/app.js:3:5)', '    at node:internal/main/run:1:2'];
  const callOf = (...lines: string[]): string | undefined => readSuspendedCall([...lines, ...program]).call;

  it('is the outermost one that is not the program itself', () => {
    expect(callOf(ours('leave'), ours('Place.wait'), ours('Queue.get'))).to.equal('Queue.get');
  });

  it('carries the name of its module', () => {
    expect(callOf(ours('leave'), '    at execSync (node:child_process:1:2)')).to.equal('child_process.execSync');
    expect(callOf(ours('leave'), '    at scryptSync (node:internal/crypto/scrypt:1:2)')).to.equal('crypto.scryptSync');
    expect(callOf('    at Object.syncBufferWrapper [as gzipSync] (node:zlib:1:2)')).to.equal('zlib.gzipSync');
    setModuleFinder((name) => (name === 'readFileSync' ? 'fs' : undefined));
    expect(callOf(ours('leave'), ours('Object.readFileSync [as read]', 'patch/x.js'))).to.equal('fs.readFileSync');
    setModuleFinder(() => undefined);
    expect(callOf(ours('leave'), ours('Object.readFileSync', 'patch/x.js'))).to.equal('readFileSync');
  });

  it('may be one of the language', () => {
    expect(callOf('    at RegExp.test (<anonymous>)')).to.equal('RegExp.test');
  });

  it('is none if the program is in no call, or in one without a name', () => {
    expect(callOf()).to.equal(undefined);
    expect(callOf(`    at ${path.join(repoRoot, 'dist', 'src', 'x.js')}:1:2`)).to.equal(undefined);
  });

  it('is the outermost of all where there is no program', () => {
    const lines = [ours('leave'), '    at readSync (node:fs:1:2)'];
    expect(readSuspendedCall(lines).call).to.equal('fs.readSync');
  });

  it('leaves the frames to be shown that are outside of it, and not ours', () => {
    const { stack } = readSuspendedCall([ours('leave'), '    at read (node:fs:1:2)', ...program, ours('carry')]);
    expect(stack).to.equal(program.join('\n'));
  });
});
