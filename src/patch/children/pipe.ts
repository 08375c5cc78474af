import { internals } from '../../core/internals';

/** One end of a pipe to a child, as Node's sockets have it: a stream of libuv. */
export interface PipeHandle {
  onread: (block?: ArrayBuffer) => void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  shutdown(request: ShutdownRequest): number;
  close(): void;
}

/** What goes through a pipe. */
export interface PipeUse {
  /** Whether the child may read from it; what it reads is `input`, and then the end. */
  readonly readable: boolean;
  /** Whether the child may write to it. */
  readonly writable: boolean;
  readonly input?: ArrayBufferView | null;
}

/** Who has a say in how long a pipe is used. */
export interface PipeOwner {
  /** Told of each read; may close the pipe. */
  onOutput(length: number): void;
  /** Told of the number of an error, which ends a direction. */
  onPipeError(errno: number): void;
  /** Told that a direction has ended. */
  onPipeEnd(): void;
}

interface Request {
  handle: PipeHandle;
  oncomplete: (errno: number) => void;
}
interface WriteRequest extends Request {
  buffer: Uint8Array;
}
type ShutdownRequest = Request;

const { WriteWrap, ShutdownWrap, streamBaseState, kReadBytesOrError, kArrayBufferOffset } = internals.internalBinding(
  'stream_wrap',
  ...['WriteWrap', 'ShutdownWrap', 'streamBaseState', 'kReadBytesOrError', 'kArrayBufferOffset'],
) as {
  WriteWrap: new () => WriteRequest;
  ShutdownWrap: new () => ShutdownRequest;
  streamBaseState: Int32Array;
  kReadBytesOrError: number;
  kArrayBufferOffset: number;
};
const { UV_EOF, UV_ENOTCONN } = internals.internalBinding('uv', 'UV_EOF', 'UV_ENOTCONN') as Record<
  'UV_EOF' | 'UV_ENOTCONN',
  number
>;

const DONE_AT_ONCE = 1;
// How much Node's C++ reads at once, at most, before it looks at `maxBuffer`.
const BLOCK_SIZE = 64 * 1024;

/** A pipe to a child that is fed its input, or read to the end, without streams. */
export class ChildPipe {
  readonly #handle: PipeHandle;
  readonly #use: PipeUse;
  readonly #owner: PipeOwner;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #isReading = false;
  #isWriting = false;
  #isClosed = false;

  constructor(handle: PipeHandle, use: PipeUse, owner: PipeOwner) {
    this.#handle = handle;
    this.#use = use;
    this.#owner = owner;
  }

  /** Whether nothing will go through it any more. */
  get isIdle(): boolean {
    return !this.#isReading && !this.#isWriting;
  }

  /** Starts to write the input, and to read. */
  start(): void {
    const { readable, writable, input } = this.#use;
    if (readable) {
      this.#isWriting = true;
      if (input !== null && input !== undefined && input.byteLength > 0) this.#write(input);
      this.#shutdown();
    }
    if (writable) {
      this.#isReading = true;
      this.#handle.onread = (block) => this.#onRead(block);
      // The socket that Node has made of it may be reading already.
      this.#handle.readStart();
    }
  }

  /** Closes our end; whatever is still on the way is lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isReading = false;
    this.#isWriting = false;
    this.#handle.close();
  }

  /** All that the child has written, or null if it may not write. */
  output(): Buffer | null {
    if (!this.#use.writable) return null;
    const whole = Buffer.allocUnsafeSlow(this.#length);
    let end = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, end);
      end += chunk.length;
    }
    return whole;
  }

  #write(input: ArrayBufferView): void {
    const request = new WriteWrap();
    request.handle = this.#handle;
    request.buffer = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    request.oncomplete = (errno) => this.#onWritten(errno);
    this.#onWritten(this.#handle.writeBuffer(request, request.buffer));
  }

  // An error does not end it: what follows is the shutdown, which libuv does in any case.
  #onWritten(errno: number): void {
    if (errno < 0 && !this.#isClosed) this.#owner.onPipeError(errno);
  }

  #shutdown(): void {
    const request = new ShutdownWrap();
    request.handle = this.#handle;
    request.oncomplete = (errno) => this.#onShutdown(errno);
    const outcome = this.#handle.shutdown(request);
    if (outcome !== 0) this.#onShutdown(outcome === DONE_AT_ONCE ? 0 : outcome);
  }

  #onShutdown(errno: number): void {
    if (this.#isClosed) return;
    this.#isWriting = false;
    if (errno < 0 && errno !== UV_ENOTCONN) this.#owner.onPipeError(errno);
    this.#owner.onPipeEnd();
  }

  #onRead(block?: ArrayBuffer): void {
    const length = streamBaseState[kReadBytesOrError]!;
    if (this.#isClosed || length === 0) return;
    if (length > 0) {
      this.#keep(new Uint8Array(block!, streamBaseState[kArrayBufferOffset], length));
      return;
    }
    this.#handle.readStop();
    this.#isReading = false;
    if (length !== UV_EOF) this.#owner.onPipeError(length);
    this.#owner.onPipeEnd();
  }

  // Node's C++ reads at most to the end of a block, and then looks at `maxBuffer`: that is where a result is cut off.
  #keep(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length && !this.#isClosed;) {
      const chunk = bytes.subarray(start, start + BLOCK_SIZE - (this.#length % BLOCK_SIZE));
      start += chunk.length;
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#owner.onOutput(chunk.length);
    }
  }
}
