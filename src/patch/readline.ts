import { createInterface, type Interface } from 'node:readline';

import { withSignal } from '../core/bridges/abort-signal';
import { Waiter } from '../core/waiting/waiter';
import { blockingForm } from './engine/blocking-form';
import { definePatch } from './engine/table';

/** How a question is asked. */
interface QuestionOptions {
  input?: NodeJS.ReadableStream;
  output?: NodeJS.WritableStream;
  signal?: AbortSignal;
}

interface Forms {
  /**
   * Asks a question, and suspends the greenlet until it is answered.
   *
   * @param options `input` and `output` unless they are those of the process; `signal` to give up
   * @returns the line without its end; undefined if the input ends before
   */
  questionSync(query: string, options?: QuestionOptions): string | undefined;
}

declare module 'readline' {
  var questionSync: Forms['questionSync'];
  interface Interface {
    /** The blocking form of `question`; undefined if the input ends before there is an answer. */
    questionSync(query: string, options?: { signal?: AbortSignal }): string | undefined;
  }
}

// In some versions of Node's types the one is made of the other, in some it is the other way round.
declare module 'node:readline' {
  var questionSync: Forms['questionSync'];
}

function ask(asked: Interface, query: string, { signal }: QuestionOptions = {}): string | undefined {
  const waiter = new Waiter<string | undefined>();
  const close = (): void => waiter.switch(undefined);
  const giveUp = new AbortController();
  asked.once('close', close);
  try {
    asked.question(query, { signal: giveUp.signal }, (answer) => waiter.switch(answer));
    return withSignal(signal, () => waiter.get());
  } finally {
    asked.off('close', close);
    giveUp.abort();
  }
}

function askOnce(query: string, options: QuestionOptions = {}): string | undefined {
  const { input = process.stdin, output = process.stdout } = options;
  const asked = createInterface({ input, output });
  try {
    return ask(asked, query, options);
  } finally {
    asked.close();
  }
}

/** Questions. */
export const readline = definePatch({
  module: 'readline',
  extensions: {
    questionSync: blockingForm('questionSync', askOnce),
    'Interface.prototype.questionSync': blockingForm(
      'questionSync',
      function (this: Interface, query: string, options?: QuestionOptions) {
        return ask(this, query, options);
      },
    ),
  },
});
