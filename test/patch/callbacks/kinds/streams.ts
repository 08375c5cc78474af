import readline from 'node:readline';
import { createInterface } from 'node:readline/promises';
import { Duplex, finished, pipeline, Readable, Transform, Writable } from 'node:stream';
import { pipeline as pipelineOf } from 'node:stream/promises';

import type { Kinds } from './kind';

interface Steps {
  readonly transform?: () => void;
  readonly flush?: () => void;
  readonly write?: () => void;
  readonly final?: () => void;
  readonly destroy?: () => void;
  readonly done?: () => void;
}

// A pipeline in which any step may block; what it has seen is told in the end.
function pipe(steps: Steps, end: (seen: unknown) => void): void {
  const seen: string[] = [];
  const note = (step: string, block?: () => void): void => {
    block?.();
    seen.push(step);
  };
  const transform = new Transform({
    objectMode: true,
    transform(chunk: string, _encoding, callback) {
      note(`transform ${chunk}`, steps.transform);
      callback(null, chunk.toUpperCase());
    },
    flush(callback) {
      note('flush', steps.flush);
      callback();
    },
  });
  const sink = new Writable({
    objectMode: true,
    write(chunk: string, _encoding, callback) {
      note(`write ${chunk}`, steps.write);
      callback();
    },
    final(callback) {
      note('final', steps.final);
      callback();
    },
    destroy(error, callback) {
      note('destroy', steps.destroy);
      callback(error);
    },
  });
  pipeline(Readable.from(['a', 'b', 'c']), transform, sink, (error) => {
    note(`done ${error}`, steps.done);
    // With a blocked step other steps may run meanwhile; each for itself they keep their order.
    const of = (word: string): string[] => seen.filter((step) => step.startsWith(word));
    end([of('transform'), of('write'), seen.length, seen.at(-1)]);
  });
}

const lines = (): Readable => Readable.from(['a\nb', '\nc\n']);

/** Streams in JavaScript, of Node and of the web. */
export const streamKinds: Kinds = {
  "a Transform's transform": (block, end) => pipe({ transform: block }, end),
  "a Transform's flush": (block, end) => pipe({ flush: block }, end),
  "a Writable's write": (block, end) => pipe({ write: block }, end),
  "a Writable's final": (block, end) => pipe({ final: block }, end),
  "a Writable's destroy": (block, end) => pipe({ destroy: block }, end),
  "a pipeline's callback": (block, end) => pipe({ done: block }, end),
  "a Readable's read": (block, end) => {
    const rest = ['a', 'b', null];
    const seen: string[] = [];
    const stream = new Readable({
      read() {
        block();
        this.push(rest.shift());
      },
    });
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => seen.push(text));
    stream.on('end', () => end(seen.join('')));
  },
  "a Readable's data": (block, end) => {
    const seen: string[] = [];
    const stream = Readable.from(['a', 'b', 'c']);
    stream.on('data', (chunk: string) => {
      block();
      seen.push(chunk);
    });
    stream.on('end', () => end([...seen, 'end']));
  },
  "a Readable's readable": (block, end) => {
    const seen: string[] = [];
    const stream = Readable.from(['a', 'b', 'c']);
    stream.on('readable', () => {
      block();
      for (let chunk: unknown; (chunk = stream.read()) !== null;) seen.push(chunk as string);
    });
    stream.on('end', () => end(seen));
  },
  "a Duplex's error": (block, end) => {
    const stream = new Duplex({ read() {}, write() {} });
    stream.on('error', (error) => {
      block();
      end(error.message);
    });
    stream.destroy(new Error('broken'));
  },
  'stream.finished': (block, end) => {
    const stream = Readable.from(['a']);
    finished(stream, (error) => {
      block();
      end(error);
    });
    stream.resume();
  },
  'a promise of stream/promises': (block, end) => {
    const sink = new Writable({ write: (_chunk, _encoding, callback) => callback() });
    void pipelineOf(Readable.from(['a']), sink).then(() => {
      block();
      end();
    });
  },
  'an async iteration over a Readable': async (block, end) => {
    const seen: string[] = [];
    for await (const chunk of Readable.from(['a', 'b', 'c']) as AsyncIterable<string>) {
      block();
      seen.push(chunk);
    }
    end(seen);
  },
  "readline's line": (block, end) => {
    const seen: string[] = [];
    const reader = readline.createInterface({ input: lines() });
    reader.on('line', (line) => {
      block();
      seen.push(line);
    });
    reader.on('close', () => setTimeout(() => end(seen), 50));
  },
  "readline's question": (block, end) => {
    const input = new Readable({ read() {} });
    const reader = readline.createInterface({ input });
    reader.question('', (answer) => {
      block();
      reader.close();
      end(answer);
    });
    input.push('answer\n');
  },
  'an async iteration over readline': async (block, end) => {
    const seen: string[] = [];
    for await (const line of readline.createInterface({ input: lines() })) {
      block();
      seen.push(line);
    }
    end(seen);
  },
  'a promise of readline/promises': async (block, end) => {
    const input = new Readable({ read() {} });
    const reader = createInterface({ input });
    setTimeout(() => input.push('answer\n'), 1);
    const answer = await reader.question('');
    block();
    reader.close();
    end(answer);
  },
  "a web stream's pull": async (block, end) => {
    const rest = ['a', 'b'];
    const stream = new ReadableStream<string>({
      pull(controller) {
        block();
        const next = rest.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(next);
      },
    });
    const seen: string[] = [];
    for await (const chunk of stream) seen.push(chunk);
    end(seen);
  },
  "a web stream's write": async (block, end) => {
    const seen: string[] = [];
    const sink = new WritableStream<string>({
      write(chunk) {
        block();
        seen.push(chunk);
      },
    });
    await (ReadableStream as unknown as { from(chunks: string[]): ReadableStream<string> })
      .from(['a', 'b'])
      .pipeTo(sink);
    end(seen);
  },
};
