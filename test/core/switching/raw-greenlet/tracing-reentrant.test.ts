import { expect } from 'chai';

import { RawGreenlet, setTrace } from '../../../../src/index';
import { switchToParent, thrownBy } from '../../../support/greenlets';
import { spawnSource } from '../../../support/spawn-script';

describe('RawGreenlet: rule "trace detail", a tracer that switches', () => {
  afterEach(() => setTrace(undefined));

  /** A tracer that switches into what `target` returns, the first time it is told after having been armed. */
  function armedTracer(target: () => RawGreenlet, order: unknown[], ...values: unknown[]) {
    let armed = false;
    setTrace((event) => {
      order.push(event);
      if (!armed) return;
      armed = false;
      target().switch(...values);
      order.push(`after ${event}`);
    });
    return () => {
      armed = true;
    };
  }

  it('case 39: two greenlets, the second resuming the first from the tracer of its leaving, both finish', () => {
    const order: unknown[] = [];
    const arm = armedTracer(() => second, order);
    const first: RawGreenlet = new RawGreenlet(() => {
      order.push('first begins');
      arm();
      switchToParent();
      order.push('first ends');
    });
    const second: RawGreenlet = new RawGreenlet(() => {
      first.switch();
      order.push('second ends');
    });
    first.switch();
    order.push('back in main');
    second.switch();
    expect([first.dead, second.dead]).to.deep.equal([true, true]);
    expect(order).to.deep.equal([
      'switch', // main > first
      'first begins',
      'switch', // first > main, where the tracer leaves for second
      'switch', // main > second
      'switch', // second > first
      'first ends',
      'switch', // first > main
      'after switch',
      'back in main',
      'switch', // main > second
      'second ends',
      'switch', // second > main
    ]);
  });

  it('case 39: three greenlets, the error of a body that the tracer had interrupted goes to its parent', () => {
    const order: unknown[] = [];
    const arm = armedTracer(() => second, order);
    const first = new RawGreenlet((argument: { missing: { deep: boolean } }) => argument.missing.deep);
    const second = new RawGreenlet(() => switchToParent('from second'));
    arm();
    expect(first.switch({})).to.equal('from second');
    expect([first.dead, second.dead]).to.deep.equal([false, false]);
    expect(thrownBy(() => first.switch('for the tracer'))).to.be.instanceOf(TypeError);
    expect([first.dead, second.dead]).to.deep.equal([true, false]);
    expect(order).to.deep.equal(['switch', 'switch', 'switch', 'switch', 'after switch', 'throw']);
  });

  it('case 39: three greenlets, the exact order of events, and every value arrives where it was sent', () => {
    const order: unknown[] = [];
    const arm = armedTracer(() => second, order, 'second from the tracer');
    const first = new RawGreenlet((argument: string) => {
      order.push(['first argument', argument]);
      order.push(['first receives', switchToParent('from first')]);
      return 'first done';
    });
    const second = new RawGreenlet((argument: string) => {
      order.push(['second argument', argument]);
      order.push(['second receives', switchToParent('from second')]);
      return 'second done';
    });
    arm();
    for (const argument of ['first from main', 'not for run', 'again']) order.push(['main', first.switch(argument)]);
    order.push(['main', second.switch()]);
    expect(order).to.deep.equal([
      'switch',
      'switch',
      ['second argument', 'second from the tracer'],
      'switch',
      ['main', 'from second'],
      'switch',
      'after switch',
      ['first argument', 'first from main'],
      'switch',
      ['main', 'from first'],
      'switch',
      ['first receives', 'again'],
      'switch',
      ['main', 'first done'],
      'switch',
      ['second receives', undefined],
      'switch',
      ['main', 'second done'],
    ]);
  });
});

describe('RawGreenlet: a CPU profile', () => {
  it('case 48: begun in one greenlet and ended in another, it has the functions of the first under their caller', async () => {
    const { code, stdout, stderr } = await spawnSource(`
      const { Session } = require('node:inspector');
      const { RawGreenlet, getMain } = require('unblock');
      const session = new Session();
      session.connect();
      const post = (method, params) => session.post(method, params, (error) => { if (error) throw new Error(error.message); });
      const work = () => { for (const end = Date.now() + 50; Date.now() < end; ); };
      function workInFirst() { work(); }
      function workInSecond() { work(); }
      const first = new RawGreenlet(function runFirst() {
        post('Profiler.enable');
        post('Profiler.setSamplingInterval', { interval: 200 });
        post('Profiler.start');
        workInFirst();
        getMain().switch();
        workInFirst();
      });
      const second = new RawGreenlet(function runSecond() {
        workInSecond();
        first.switch();
      });
      first.switch();
      second.switch();
      new RawGreenlet(() => session.post('Profiler.stop', (error, { profile }) => {
        const calleesOf = ({ children = [] }) => children.map((id) => profile.nodes.find((node) => node.id === id).callFrame.functionName);
        const callers = profile.nodes.filter((node) => calleesOf(node).includes('workInFirst'));
        console.log(JSON.stringify(callers.map(({ callFrame }) => callFrame.functionName)));
      })).switch();
      console.log(first.dead, second.dead);
    `);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal('["runFirst"]\ntrue false\n');
  });
});
