import { expect } from 'chai';
import { EventEmitter, getEventListeners } from 'node:events';

import { kill, sleep, spawn, spawnLater, Timeout, waitEvent } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

function listenersOf(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

describe('waitEvent', () => {
  it(
    'returns the arguments of the next event, and listens no more',
    inGreenlet(() => {
      const emitter = new EventEmitter();
      const name = Symbol('name');
      for (const [event, args] of [
        ['event', []],
        ['event', [1, 2]],
        [name, ['one']],
      ] as const) {
        spawnLater(1, () => {
          emitter.emit('other');
          emitter.emit(event, ...args);
          emitter.emit(event, 'too late');
        });
        expect(waitEvent(emitter, event)).to.deep.equal(args);
        expect(listenersOf(emitter)).to.equal(0);
      }
    }),
  );

  it(
    "throws what is emitted as 'error' meanwhile, unless that is what it waits for",
    inGreenlet(() => {
      const emitter = new EventEmitter();
      const error = new SomeError();
      spawnLater(1, () => emitter.emit('error', error));
      expect(thrownBy(() => waitEvent(emitter, 'event'))).to.equal(error);
      spawnLater(1, () => emitter.emit('error', error));
      expect(waitEvent(emitter, 'error')).to.deep.equal([error]);
      expect(listenersOf(emitter)).to.equal(0);
    }),
  );

  it(
    'returns the event of an EventTarget, which has no errors',
    inGreenlet(() => {
      const target = new EventTarget();
      const event = new Event('error');
      spawnLater(1, () => {
        target.dispatchEvent(event);
        target.dispatchEvent(new Event('error'));
      });
      const [got] = waitEvent<[Event]>(target, 'error');
      expect(got).to.equal(event);
      expect(getEventListeners(target, 'error')).to.deep.equal([]);
    }),
  );

  it(
    'wakes all who wait for the same event',
    inGreenlet(() => {
      const emitter = new EventEmitter();
      const waiting = [1, 2, 3].map(() => spawn(() => waitEvent(emitter, 'event')));
      sleep(0);
      emitter.emit('event', 5);
      expect(waiting.map((each) => each.get())).to.deep.equal([[5], [5], [5]]);
    }),
  );

  it(
    'gives up in time, when its signal is aborted, and when it is killed, and listens no more',
    inGreenlet(() => {
      const emitter = new EventEmitter();
      const timeout = thrownBy(() => waitEvent(emitter, 'event', { timeout: 1 }));
      expect(timeout).to.be.instanceOf(Timeout).and.include({ milliseconds: 1 });
      const controller = new AbortController();
      spawnLater(1, () => controller.abort('reason'));
      expect(thrownBy(() => waitEvent(emitter, 'event', { signal: controller.signal }))).to.equal('reason');
      expect(thrownBy(() => waitEvent(emitter, 'event', { signal: controller.signal }))).to.equal('reason');
      const greenlet = spawn(() => waitEvent(emitter, 'event'));
      sleep(0);
      expect(listenersOf(emitter)).to.equal(2);
      kill(greenlet);
      greenlet.join();
      expect(listenersOf(emitter)).to.equal(0);
    }),
  );

  it(
    'refuses what emits no events and what names none, and does not listen',
    inGreenlet(() => {
      const emitter = new EventEmitter();
      for (const args of [
        [undefined, 'x'],
        [null, 'x'],
        [{}, 'x'],
        [emitter, 5],
        [emitter],
        [new EventTarget(), Symbol()],
      ]) {
        expect(thrownBy(() => waitEvent(...(args as [never, never])))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
      }
      expect(listenersOf(emitter)).to.equal(0);
    }),
  );
});
