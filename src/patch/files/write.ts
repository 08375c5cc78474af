/** Writing: to a file on a thread, to a stream when there is room, in memory at once. */
import { binding, Peek } from '../../core/binding';
import type { Outcome } from './completion';
import {
  descriptor,
  DIRECT,
  type FileCall,
  type FileCallOptions,
  type FileFunction,
  isDescriptor,
  request,
  WAITS,
} from './call';
import { waitUntilReady, WRITABLE } from './stream';

interface Write {
  readonly fd: number;
  readonly position: unknown;
  /** How many bytes there are at most. */
  readonly length: number;
  /** The bytes. */
  readonly bytes: () => Uint8Array;
}

const { files } = binding;
/** How much a stream takes at once if it says that there is room. */
const ROOM = 4096;
const MOST_BYTES_PER_UNIT = 3;

/** `writeBuffer(fd, bytes, offset, length, position)`. */
export function writing(writeBuffer: FileFunction): FileCallOptions {
  return optionsOf(5, writeBuffer, ({ args }) => {
    const [fd, bytes, offset, length, position] = args as [number, Uint8Array, number, number, unknown];
    return { fd, position, length, bytes: () => new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length) };
  });
}

/** `writeString(fd, text, position, encoding)`. */
export function writingString(writeBuffer: FileFunction): FileCallOptions {
  return optionsOf(4, writeBuffer, ({ args }) => {
    const [fd, text, position, encoding] = args as [number, string, unknown, BufferEncoding];
    const bytes = (): Uint8Array => Buffer.from(text, Buffer.isEncoding(encoding) ? encoding : 'utf8');
    return { fd, position, length: text.length * MOST_BYTES_PER_UNIT, bytes };
  });
}

/** `writeBuffers(fd, buffers, position)`. */
export function writingMany(writeBuffer: FileFunction): FileCallOptions {
  return optionsOf(3, writeBuffer, ({ args }) => {
    const [fd, buffers, position] = args as [number, Uint8Array[], unknown];
    const length = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const bytes = (): Uint8Array =>
      Buffer.concat(buffers.map((each) => new Uint8Array(each.buffer, each.byteOffset, each.byteLength)));
    return { fd, position, length, bytes };
  });
}

function optionsOf(arity: number, writeBuffer: FileFunction, writeOf: (call: FileCall) => Write): FileCallOptions {
  return {
    arity,
    subject: descriptor,
    attempt: (call) => {
      const { fd, length } = writeOf(call);
      return !isDescriptor(fd) || files.peekWrite(fd, length) === Peek.Ready ? DIRECT : WAITS;
    },
    wait: (call, options) => {
      const write = writeOf(call);
      if (files.peekWrite(write.fd, write.length) !== Peek.Rendezvous) return request(call, options);
      // At a place in a stream there is nothing to write to.
      if (typeof write.position === 'number') return { result: DIRECT };
      return writeToStream(writeBuffer, write.fd, write.bytes()) ?? request(call, options);
    },
  };
}

/** Piece by piece, as there is room; undefined if that cannot be waited for. */
function writeToStream(writeBuffer: FileFunction, fd: number, bytes: Uint8Array): Outcome<unknown> | undefined {
  let written = 0;
  do {
    const length = Math.min(bytes.length - written, ROOM);
    while (files.peekWrite(fd, length) === Peek.Rendezvous) {
      if (!waitUntilReady(fd, WRITABLE)) return written > 0 ? { result: written } : undefined;
    }
    const context: NodeJS.ErrnoException = {} as NodeJS.ErrnoException;
    const count = writeBuffer(fd, bytes, written, length, null, undefined, context) as number;
    // What is written is written.
    if (context.errno !== undefined) {
      return written > 0 ? { result: written } : { error: files.exception(context.errno, 'write', undefined) };
    }
    written += count;
  } while (written < bytes.length);
  return { result: written };
}
