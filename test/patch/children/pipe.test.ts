import { expect } from 'chai';

import { internals } from '../../../src/core/internals';
import { ChildPipe, type PipeHandle } from '../../../src/patch/children/pipe';

const { streamBaseState, kReadBytesOrError, kArrayBufferOffset } = internals.internalBinding('stream_wrap') as {
  streamBaseState: Int32Array;
  kReadBytesOrError: number;
  kArrayBufferOffset: number;
};

const KIB = 1024;

// A pipe out of which nothing comes but what a test lets come.
function silentHandle(): PipeHandle {
  return {
    onread: () => {},
    readStart: () => 0,
    readStop: () => 0,
    writeBuffer: () => 0,
    shutdown: () => 1,
    close: () => {},
  };
}

function arrive(handle: PipeHandle, length: number): void {
  streamBaseState[kReadBytesOrError] = length;
  streamBaseState[kArrayBufferOffset] = 0;
  handle.onread(length > 0 ? new ArrayBuffer(length) : undefined);
}

function readingPipe(onOutput: (this: ChildPipe, length: number) => void): { handle: PipeHandle; pipe: ChildPipe } {
  const handle = silentHandle();
  const pipe: ChildPipe = new ChildPipe(
    handle,
    { readable: false, writable: true },
    { onOutput: (length) => onOutput.call(pipe, length), onPipeError: () => {}, onPipeEnd: () => {} },
  );
  pipe.start();
  return { handle, pipe };
}

describe('ChildPipe', () => {
  it('tells its owner of output by blocks of 64 KiB, as Node reads it', () => {
    const lengths: number[] = [];
    const { handle } = readingPipe((length) => lengths.push(length));
    for (const length of [1000, 64 * KIB, 64 * KIB, 2]) arrive(handle, length);
    expect(lengths).to.deep.equal([1000, 64 * KIB - 1000, 1000, 64 * KIB - 1000, 1000, 2]);
  });

  it('keeps nothing of what lies behind the block in which its owner has closed it', () => {
    const { handle, pipe } = readingPipe(function (length) {
      if (length > 1000) this.close();
    });
    arrive(handle, 1000);
    arrive(handle, 64 * KIB);
    arrive(handle, 64 * KIB);
    expect(pipe.output()).to.have.length(64 * KIB);
  });
});
