import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { describeWaitable } from '../../support/waitable-suite';

describe('a Greenlet', () => {
  describeWaitable(() => {
    const greenlet = new Greenlet();
    return {
      waitable: greenlet,
      makeReady: () => greenlet.kill(),
      wait: (timeout) => greenlet.join(timeout),
      result: undefined,
      late: undefined,
      linkCount: () => greenlet.linkCount,
    };
  });
});
