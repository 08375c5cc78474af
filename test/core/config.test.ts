import { expect } from 'chai';

import { config, onConfig, readConfig, setConfig } from '../../src/core/config';
import { ConfigError } from '../../src/index';
import { declareCore } from '../support/core-script';
import { spawnSource } from '../support/spawn-script';

const KIB = 1024;

describe('the configuration', () => {
  it('is read from variables, each in the forms that its kind has', () => {
    const read = readConfig({
      UNBLOCK_STACK_SIZE: '2mb',
      UNBLOCK_STACK_GUARD: 'off',
      UNBLOCK_STACK_POOL: '0',
      UNBLOCK_TRACK_GREENLET_TREE: 'Yes',
      UNBLOCK_MAX_BLOCKING_TIME: '50',
      UNBLOCK_MAX_MEMORY: '512 MB',
      UNBLOCK_RUN_INFO_SIGNAL: 'off',
    });
    expect(read).to.include({
      stackSize: 2 * KIB * KIB,
      stackGuard: false,
      stackPool: 0,
      trackGreenletTree: true,
      maxBlockingTime: 50,
      maxMemory: 512 * KIB * KIB,
      runInfoSignal: 'off',
    });
  });

  it('takes a variable that is empty for one that is not there', () => {
    expect(readConfig({ UNBLOCK_STACK_SIZE: '' })).to.deep.equal(readConfig({}));
  });

  const wrong = {
    UNBLOCK_STACK_SIZE: ['1', '1kb', '-1', '1e6', '2 tb', 'big', '2gb'],
    UNBLOCK_STACK_GUARD: ['2', 'maybe'],
    UNBLOCK_MAX_BLOCKING_TIME: ['4', '0.1', 'NaN'],
    UNBLOCK_MAX_MEMORY: ['0', 'much'],
    UNBLOCK_RUN_INFO_SIGNAL: ['SIGKILL', 'sigusr2'],
    UNBLOCK_DEBUG: ['everything'],
  };
  for (const [variable, texts] of Object.entries(wrong)) {
    it(`refuses what ${variable} cannot be, and says what it can be`, () => {
      for (const text of texts) {
        expect(() => readConfig({ [variable]: text }))
          .to.throw(ConfigError, new RegExp(`^${variable} must be .+, not '${text}'$`))
          .with.property('code', 'ERR_UNBLOCK_CONFIG');
      }
    });
  }

  it('warns of variables that there are not, once, also if there are workers', async () => {
    const program = `
      const { Worker, isMainThread } = require('node:worker_threads');
      if (isMainThread) new Worker(__filename);`;
    const env = { UNBLOCK_WATCHDOG: '0', UNBLOCK_MAX_MEMMORY: '1gb', UNBLOCK_: '1', UNBLOCKED: '1' };
    const { code, stderr } = await spawnSource(program, { loader: true, env });
    expect(code).to.equal(0);
    expect(stderr.match(/UNBLOCK_UNKNOWN_VARIABLE/g)).to.have.length(1);
    expect(stderr).to.include(
      'UNBLOCK_MAX_MEMMORY, UNBLOCK_ in the environment: unblock has no such variable. npx unblock --help lists all',
    );
  });

  it('stops a program before its first line if it is wrong', async () => {
    const { code, stdout, stderr } = await spawnSource("console.log('ran')", {
      loader: true,
      env: { UNBLOCK_MAX_BLOCKING_TIME: 'long' },
    });
    expect(code).not.to.equal(0);
    expect(stdout).to.equal('');
    expect(stderr).to.match(/ConfigError: UNBLOCK_MAX_BLOCKING_TIME must be a whole number of milliseconds from 5 to/);
  });

  it('is read once', async () => {
    const { stdout } = await spawnSource(
      `${declareCore}
       const { config } = core('config');
       core('binding');
       process.env.UNBLOCK_MAX_BLOCKING_TIME = '77';
       console.log(config.maxBlockingTime);`,
      { env: { UNBLOCK_MAX_BLOCKING_TIME: '66' } },
    );
    expect(stdout).to.equal('66\n');
  });

  it('cannot be written to', () => {
    expect(() => Object.assign(config, { maxBlockingTime: 1 })).to.throw(TypeError);
  });

  it('sizes the stacks that are made from now on', async () => {
    const { stdout } = await spawnSource(
      `${declareCore}
       const { RawGreenlet } = core('switching/raw-greenlet');
       const { setConfig } = core('config');
       const descend = () => { try { return 1 + descend(); } catch { return 1; } };
       const depth = () => new RawGreenlet(descend).switch();
       depth();
       const before = depth();
       setConfig({ stackSize: 256 * 1024 });
       // The one that is there already is in use meanwhile.
       console.log(new RawGreenlet(depth).switch() < before / 2);`,
    );
    expect(stdout).to.equal('true\n');
  });
});

describe('setConfig', () => {
  const before = { ...config };
  afterEach(() => setConfig(before));

  it('wins over the environment, and leaves the other options', () => {
    setConfig({ maxBlockingTime: 7 });
    expect(config).to.deep.equal({ ...before, maxBlockingTime: 7 });
  });

  it('tells those who follow an option, once, and only if it has changed', () => {
    const seen: number[] = [];
    onConfig(['maxBlockingTime', 'memoryPeriod'], () => seen.push(config.maxBlockingTime));
    setConfig({ maxBlockingTime: 8, memoryPeriod: 9000 });
    setConfig({ maxBlockingTime: 8 });
    setConfig({ maxMemory: 9 });
    expect(seen).to.deep.equal([8]);
  });

  it('refuses what an option cannot be and options that do not exist, and sets nothing then', () => {
    for (const changes of [
      { maxMemory: 1, maxBlockingTime: 4 },
      { maxMemory: 1, stackSize: '1mb' },
      { stackSise: 1 },
    ]) {
      expect(() => setConfig(changes as never))
        .to.throw(ConfigError)
        .with.property('code', 'ERR_UNBLOCK_CONFIG');
    }
    for (const changes of [undefined, null, 'maxMemory']) {
      expect(() => setConfig(changes as never))
        .to.throw(TypeError)
        .with.property('code', 'ERR_INVALID_ARG_TYPE');
    }
    expect(config).to.deep.equal(before);
  });

  it('sets nothing if somebody who follows an option refuses', () => {
    let refuses = true;
    onConfig(['maxMemory'], () => {
      if (refuses) throw new ConfigError('too late');
    });
    expect(() => setConfig({ maxMemory: 5, memoryPeriod: 2000 })).to.throw(ConfigError, 'too late');
    refuses = false;
    expect(config).to.deep.equal(before);
  });
});
