import { CallWaiter } from './engine/call-waiter';
import { definePatch, type MakeCooperative, type ModuleFunction } from './engine/table';
import { mayYield } from './engine/yielding';

/** A (de)compressor of Node's C++: `writeSync` works where it is called, `write` on a thread. */
interface Handle {
  onerror: (this: Handle, ...error: unknown[]) => void;
  write: (this: Handle, ...args: WriteArguments) => void;
}

type WriteArguments = [
  flush: number,
  input: unknown,
  inputOffset: number,
  inputLength: number,
  output: unknown,
  outputOffset: number,
  outputLength: number,
];
type Done = (this: Handle) => void;

// Bytes of input from which on the work takes longer than the way to a thread and back.
const WORTHWHILE = 8 * 1024;

// Who works on a thread for a synchronous call. What it reads and writes is kept here: C++ has only the addresses, and
// the caller may have been killed.
const atWork = new Map<Handle, { waiter: CallWaiter<undefined>; args: WriteArguments }>();
const known = new WeakSet<Handle>();
const told = new Map<Done, Done>();

// Once per callback of Node's, of which there is one.
function tellFirst(done: Done): Done {
  const made = told.get(done);
  if (made !== undefined) return made;
  const wrapped: Done = function () {
    const work = atWork.get(this);
    if (work === undefined) return Reflect.apply(done, this, []);
    atWork.delete(this);
    work.waiter.switch(undefined);
  };
  told.set(done, wrapped);
  return wrapped;
}

/** Each handle is given the function that is told when a thread has done its work: ours comes first. */
const init: MakeCooperative = (original) =>
  function (this: Handle, ...args: unknown[]) {
    known.add(this);
    const withOurs = args.map((arg) => (typeof arg === 'function' ? tellFirst(arg as Done) : arg));
    return Reflect.apply(original as (...args: unknown[]) => unknown, this, withOurs);
  } as ModuleFunction;

/** All that a program sees of a call is made by Node's own code above this: it is only worked on elsewhere. */
const writeSync: MakeCooperative = (original) =>
  function (this: Handle, ...args: WriteArguments) {
    if (args[3] < WORTHWHILE || !known.has(this) || !mayYield()) {
      Reflect.apply(original as (...args: WriteArguments) => void, this, args);
      return;
    }
    const { onerror } = this;
    let error: unknown[] | undefined;
    const waiter = new CallWaiter<undefined>();
    atWork.set(this, { waiter, args });
    this.onerror = function (...raised) {
      error = raised;
      atWork.delete(this);
      waiter.switch(undefined);
    };
    this.write(...args);
    waiter.get();
    this.onerror = onerror;
    if (error !== undefined) Reflect.apply(onerror, this, error);
  } as ModuleFunction;

const methodsOf = (name: string): Record<string, MakeCooperative> => ({
  [`${name}.prototype.init`]: init,
  [`${name}.prototype.writeSync`]: writeSync,
});

/** Compressing and decompressing of much at once. */
export const zlib = definePatch({
  module: 'zlib',
  beneath: {
    zlib: {
      ...methodsOf('Zlib'),
      ...methodsOf('BrotliEncoder'),
      ...methodsOf('BrotliDecoder'),
      ...methodsOf('ZstdCompress'),
      ...methodsOf('ZstdDecompress'),
    },
  },
  covers: [
    ...['deflateSync', 'gzipSync', 'deflateRawSync', 'inflateSync', 'gunzipSync', 'inflateRawSync', 'unzipSync'],
    ...['brotliCompressSync', 'brotliDecompressSync', 'zstdCompressSync', 'zstdDecompressSync'],
  ],
  imports: {
    createZipArchiveSync: 'it compresses nothing by itself; its entries are compressed by the functions above',
  },
});
