import { expect } from 'chai';
import { inspect } from 'node:util';

import { type ErrorStream, reportError, setErrorStream } from '../../../src/core/hub/error-report';
import { GreenletExit } from '../../../src/index';
import { SomeError } from '../../support/greenlets';

describe('a report of an error', () => {
  afterEach(() => setErrorStream(undefined));

  function reportOf(error: unknown, context: unknown, origin?: string): string {
    let text = '';
    setErrorStream({ write: (part) => (text += part) });
    reportError(error, context, origin);
    return text;
  }

  it('has the stack of the error, its properties and its cause, when it happened, and what has failed', () => {
    const error = Object.assign(new SomeError('out of order', { cause: new RangeError('too far') }), { port: 80 });
    const report = reportOf(error, { name: 'the context' });
    expect(report).to.match(/^SomeError: out of order\n {4}at /);
    expect(report).to.contain('too far').and.to.contain('port: 80');
    expect(report).to.match(/\n\d{4}-\d\d-\d\dT[\d:.]+Z \{ name: 'the context' \} failed with SomeError\n$/);
  });

  it('tells of what was thrown, be it no error', () => {
    expect(reportOf(undefined, 'context')).to.match(/^undefined\n.* 'context' failed with undefined\n$/);
    expect(reportOf('text', 'context')).to.match(/^'text'\n.* failed with string\n$/);
  });

  it('has the origin before its last line', () => {
    expect(reportOf('text', 'context', '  spawned\n    at here\n')).to.match(
      /^'text'\n {2}spawned\n {4}at here\n\d{4}-/,
    );
  });

  it('is not made of a GreenletExit', () => {
    expect(reportOf(new GreenletExit(), 'context')).to.equal('');
  });

  it('is made, however badly the error and the context can be shown', () => {
    const hostile = {
      [inspect.custom](): never {
        throw new SomeError();
      },
    };
    expect(reportOf(hostile, hostile))
      .to.contain('a object that cannot be shown (SomeError)')
      .and.to.contain('failed with object');
  });

  it('does no harm where it cannot be written', () => {
    setErrorStream({
      write() {
        throw new SomeError();
      },
    });
    expect(() => reportError(new Error(), 'context')).not.to.throw();
  });

  it('goes nowhere if the stream is null', () => {
    const { write } = process.stderr;
    process.stderr.write = () => {
      throw new SomeError('it was written');
    };
    try {
      setErrorStream(null);
      reportError(new Error(), 'context');
    } finally {
      process.stderr.write = write;
    }
  });

  it('goes to process.stderr as it is at that moment, unless a stream is set', () => {
    const { write } = process.stderr;
    const written: string[] = [];
    process.stderr.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    try {
      reportError('text', 'context');
    } finally {
      process.stderr.write = write;
    }
    expect(written).to.have.length(1);
  });
});

describe('setErrorStream', () => {
  it('returns what was set before', () => {
    const stream: ErrorStream = { write: () => true };
    expect(setErrorStream(stream)).to.equal(undefined);
    expect(setErrorStream(null)).to.equal(stream);
    expect(setErrorStream(undefined)).to.equal(null);
  });
});
