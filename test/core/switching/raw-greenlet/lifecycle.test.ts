import { expect } from 'chai';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

import { getCurrent, getMain, GreenletError, RawGreenlet } from '../../../../src/index';
import { switchToParent } from '../../../support/greenlets';
import { spawnSource } from '../../../support/spawn-script';

/** What a greenlet says of itself. */
function stateOf({ active, dead }: RawGreenlet) {
  return { active, dead };
}

describe('RawGreenlet: life', () => {
  describe('its states', () => {
    it('rule "Construct": nothing runs at construction', () => {
      const seen: string[] = [];
      const greenlet = new RawGreenlet(() => seen.push('runs'));
      expect(seen).to.deep.equal([]);
      greenlet.switch();
      expect(seen).to.deep.equal(['runs']);
    });

    it('case 13, rules "dead" and "truthiness": active is started and not finished, dead is finished', () => {
      const greenlet = new RawGreenlet(() => switchToParent(stateOf(getCurrent())));
      expect(stateOf(greenlet)).to.deep.equal({ active: false, dead: false });
      expect(greenlet.switch()).to.deep.equal({ active: true, dead: false });
      expect(stateOf(greenlet)).to.deep.equal({ active: true, dead: false });
      greenlet.switch();
      expect(stateOf(greenlet)).to.deep.equal({ active: false, dead: true });
    });

    it('rule "dead": the main greenlet is active and never dead, current or not', () => {
      const main = getMain();
      expect(stateOf(main)).to.deep.equal({ active: true, dead: false });
      expect(new RawGreenlet(() => stateOf(main)).switch()).to.deep.equal({ active: true, dead: false });
    });

    it('rule "getcurrent": the main greenlet at the top, the running one inside of a greenlet', () => {
      class Own extends RawGreenlet {}
      expect(getCurrent()).to.equal(getMain());
      const greenlet = new Own(getCurrent);
      expect(greenlet.switch()).to.equal(greenlet);
      expect(getCurrent()).to.equal(getMain());
    });

    it('case 38, rule "main": a plain RawGreenlet, without parent or run, whose class can be extended', () => {
      const main = getMain();
      expect(Object.getPrototypeOf(main)).to.equal(RawGreenlet.prototype);
      expect(main.parent).to.equal(null);
      expect(() => main.run).to.throw(GreenletError);
      class Extended extends (main.constructor as typeof RawGreenlet) {}
      expect(new Extended(() => 'runs').switch()).to.equal('runs');
    });

    it('case 17, rule "Identity": properties of its own persist from before the start until after the end', () => {
      const greenlet = new RawGreenlet(() => Object.assign(getCurrent(), { inside: 42 }));
      Object.assign(greenlet, { before: 1 });
      greenlet.switch();
      expect(greenlet).to.include({ before: 1, inside: 42 });
    });

    it('cases 15 and 19, rule "Identity": a copy is no greenlet, nor is what a message carries to a worker', () => {
      const greenlet = new RawGreenlet(() => 'runs');
      const copy: unknown = Object.assign(Object.create(Object.getPrototypeOf(greenlet)), greenlet);
      expect(() => (copy as RawGreenlet).switch()).to.throw(TypeError);
      expect(structuredClone(greenlet)).not.to.be.instanceOf(RawGreenlet);
      const { port1, port2 } = new MessageChannel();
      port1.postMessage({ greenlet });
      const received: unknown = receiveMessageOnPort(port2)?.message.greenlet;
      port1.close();
      expect(received).to.be.an('object').that.is.not.instanceOf(RawGreenlet);
      expect(greenlet.switch()).to.equal('runs');
    });

    it('case 28: a class that refuses to be instantiated is abstract, what extends it is not', () => {
      class Abstract extends RawGreenlet {
        constructor() {
          super();
          if (new.target === Abstract) throw new TypeError('Abstract has no run');
        }
      }
      class Concrete extends Abstract {}
      expect(() => new Abstract()).to.throw(TypeError, 'Abstract has no run');
      expect(new Concrete()).to.be.instanceOf(RawGreenlet);
    });
  });

  it('case 39: a start that gets no stack throws in the caller, which can go on; the greenlet has not started', async () => {
    const { code, stdout, stderr } = await spawnSource(
      `
      const { spawnSync } = require('node:child_process');
      if (!process.argv.includes('limited')) {
        const limited = 'ulimit -v 12000000 && exec "$@"';
        const { status } = spawnSync('sh', ['-c', limited, 'sh', process.execPath, __filename, 'limited'], { stdio: 'inherit' });
        process.exit(status);
      }
      const { RawGreenlet, getCurrent, getMain } = require('unblock');
      const suspended = [];
      let failed;
      try {
        while (suspended.length < 100) {
          failed = new RawGreenlet(() => getMain().switch('runs'));
          failed.switch();
          suspended.push(failed);
        }
      } catch (error) {
        const { active, dead } = failed;
        const here = getCurrent() === getMain();
        console.log(JSON.stringify({ name: error.name, code: error.code, active, dead, here }));
        suspended.pop().switch();
        console.log(failed.switch());
      }
    `,
      { env: { UNBLOCK_STACK_SIZE: String(1024 ** 3), UNBLOCK_STACK_POOL: '0' } },
    );
    expect(code, stderr).to.equal(0);
    const [failure, later] = stdout.trim().split('\n');
    expect(JSON.parse(failure ?? '')).to.deep.equal({
      name: 'GreenletError',
      code: 'ERR_UNBLOCK_NO_STACK',
      active: false,
      dead: false,
      here: true,
    });
    expect(later).to.equal('runs');
  });
});
