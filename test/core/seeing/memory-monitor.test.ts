import { expect } from 'chai';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { compare } from '../../../src/core/seeing/memory-monitor';
import { declareCore } from '../../support/core-script';
import { spawnSource } from '../../support/spawn-script';

describe('the memory monitor', () => {
  const told: unknown[] = [];
  const exceeded = (message: unknown): void => void told.push(['exceeded', message]);
  const under = (message: unknown): void => void told.push(['under', message]);
  before(() => {
    subscribe('unblock:memoryUsageThresholdExceeded', exceeded);
    subscribe('unblock:memoryUsageUnderThreshold', under);
  });
  beforeEach(() => {
    compare(0, 1);
    told.length = 0;
  });
  after(() => {
    unsubscribe('unblock:memoryUsageThresholdExceeded', exceeded);
    unsubscribe('unblock:memoryUsageUnderThreshold', under);
  });

  it('tells that too much is in use as long as it grows', () => {
    for (const memoryUsage of [9, 10, 11, 11, 12, 11, 12]) compare(memoryUsage, 10);
    expect(told).to.deep.equal([
      ['exceeded', { memoryUsage: 11, maxMemory: 10 }],
      ['exceeded', { memoryUsage: 12, maxMemory: 10 }],
      ['exceeded', { memoryUsage: 12, maxMemory: 10 }],
    ]);
  });

  it('tells once that no more is in use than is allowed', () => {
    compare(12, 10);
    told.length = 0;
    for (const memoryUsage of [10, 9, 5]) compare(memoryUsage, 10);
    expect(told).to.deep.equal([['under', { memoryUsage: 10, maxMemory: 10, memoryUsageBefore: 12 }]]);
  });

  it('tells nothing of what was never too much', () => {
    for (const memoryUsage of [1, 10, 2]) compare(memoryUsage, 10);
    expect(told).to.deep.equal([]);
  });

  it('looks at the memory of the process now and then, if there is a limit, and does not keep the process alive', async () => {
    const program = (limit: string): string => `${declareCore}
      const { subscribe } = require('node:diagnostics_channel');
      core('seeing/observe').observe();
      ${limit}
      subscribe('unblock:memoryUsageThresholdExceeded', ({ memoryUsage, maxMemory }) => {
        console.log(maxMemory, memoryUsage > 10_000_000 && memoryUsage <= process.memoryUsage.rss() * 2);
        clearTimeout(timer);
      });
      const timer = setTimeout(() => {}, 2500);`;
    const env = { UNBLOCK_MEMORY_PERIOD: '2000' };
    const [limited, later, unlimited] = await Promise.all([
      spawnSource(program(''), { env: { ...env, UNBLOCK_MAX_MEMORY: '1mb' } }),
      spawnSource(program("core('config').setConfig({ maxMemory: 2 });"), { env }),
      spawnSource(program(''), { env }),
    ]);
    expect(limited.stdout).to.equal('1048576 true\n');
    expect(later.stdout).to.equal('2 true\n');
    expect(unlimited.stdout).to.equal('');
    expect([limited.code, later.code, unlimited.code]).to.deep.equal([0, 0, 0]);
  });
});
