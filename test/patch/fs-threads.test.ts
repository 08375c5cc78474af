import { expect } from 'chai';

import { Peek } from '../../src/core/binding';
import { NOTHING_CACHED, printed } from './fs/program';

// There is one thread. A gate is a FIFO that it opens and whose writer is yet to come: what was given to it before is done,
// what was given to it after is not.
const ONE_THREAD = { flags: NOTHING_CACHED, env: { UV_THREADPOOL_SIZE: '1' } };
const BINDING = JSON.stringify(require.resolve('../../src/core/binding'));
const GATES = `
  const { waitCallback } = require('unblock');
  const COUNT = 24;
  execFileSync('mkfifo', Array.from({ length: COUNT }, (_, index) => 'gate' + index));
  fs.writeFileSync('file', 'what is in the file');
  fs.writeFileSync('other', 'text');
  let gates = 0;
  const close = () => {
    const name = 'gate' + gates++ % COUNT;
    let writer;
    fs.open(name, 'r', (_error, reader) => [reader, writer].forEach((fd) => fs.closeSync(fd)));
    return () => (writer = critical(() => fs.openSync(name, 'r+')));
  };
  let open;
  // Begins something, which comes as far as its first piece of work.
  const begin = (run) => {
    open = close();
    const greenlet = spawn(run);
    sleep(0);
    return greenlet;
  };
  const turn = (closesAgain) => {
    waitCallback((done) => {
      fs.stat('.', done);
      const next = closesAgain ? close() : () => {};
      open();
      open = next;
    });
    for (let i = 0; i < 3; i++) sleep(0);
  };
  // Lets one piece of work be done, and what comes then begin, as far as its next.
  const letOneBeDone = () => turn(true);
  const letAllBeDone = (greenlet) => {
    for (let i = 0; i < 3 || !greenlet.dead; i++) turn(false);
  };
`;

describe('the functions of fs and the threads that they use', () => {
  it('are one piece of work for one whole file by its path', async () => {
    const counts = await printed(
      `${GATES}
      const piecesOf = (run) => {
        let pieces = 0;
        let result;
        const greenlet = begin(() => (result = run()));
        for (; !greenlet.dead; pieces++) letOneBeDone();
        letAllBeDone(greenlet);
        return [pieces, String(result)];
      };
      print([
        () => fs.readFileSync('file'),
        () => fs.readFileSync('file', 'utf8'),
        () => fs.readFileSync(Buffer.from('file'), 'utf8'),
        () => fs.readFileSync('/proc/version').length > 10,
      ].map(piecesOf));`,
      ONE_THREAD,
    );
    const contents = 'what is in the file';
    expect(counts).to.deep.equal([
      [1, contents],
      [1, contents],
      [1, contents],
      [1, 'true'],
    ]);
  });

  it('leave the descriptor to the thread that has it, and none open, wherever the greenlet is thrown out', async () => {
    const program = (closing: string): string => `${GATES}
      ${closing}
      const withDescriptor = (options, close) => () => {
        const fd = critical(() => fs.openSync('file'));
        try { fs.readFileSync(fd, options); } finally { close(fd); }
      };
      const tasks = {
        bytes: () => fs.readFileSync('file'),
        text: () => fs.readFileSync('file', 'utf8'),
        'bytes by steps': () => fs.readFileSync('file', 'latin1'),
        'text by steps': () => fs.readFileSync('file', { encoding: 'utf8', flag: 'r+' }),
        'bytes by descriptor': withDescriptor(undefined, (fd) => fs.closeSync(fd)),
        'text by descriptor': withDescriptor('utf8', (fd) => fs.closeSync(fd)),
      };
      const timed = (task) => () => {
        const timeout = Timeout.startNew(5);
        try { task(); } catch (error) { if (error !== timeout) throw error; } finally { timeout.cancel(); }
      };
      const ways = {
        kill: [(task) => task, (greenlet) => greenlet.kill(undefined, { block: false })],
        Timeout: [timed, () => sleep(10)],
      };
      const counted = () => critical(openDescriptors).filter((entry) => !entry.includes('gate')).length;
      const before = counted();
      const wrong = [];
      for (const [name, task] of Object.entries(tasks)) {
        for (const [way, [wrap, throwOut]] of Object.entries(ways)) {
          for (let stage = 0, isOver = false; !isOver; stage++) {
            const greenlet = begin(wrap(task));
            for (let i = 0; i < stage; i++) letOneBeDone();
            isOver = greenlet.dead;
            throwOut(greenlet);
            for (let i = 0; i < 3; i++) sleep(0);
            // These have the lowest numbers that are free.
            const others = critical(() => [1, 2, 3].map(() => fs.openSync('other')));
            letAllBeDone(greenlet);
            const texts = critical(() => others.map((fd) => {
              try { return fs.readFileSync(fd, 'utf8'); } catch ({ code }) { return code; } finally { try { fs.closeSync(fd); } catch {} }
            })).join();
            if (texts !== 'text,text,text') wrong.push([name, way, stage, texts]);
            const left = counted() - before;
            if (left !== 0) wrong.push([name, way, stage, left]);
          }
        }
      }
      print(wrong);`;
    expect(await printed(program(''), ONE_THREAD)).to.deep.equal([]);
    const closesAtOnce = `require(${BINDING}).binding.files.peekClose = () => ${Peek.Ready};`;
    expect(await printed(program(closesAtOnce), ONE_THREAD)).to.deep.equal([]);
  }).timeout(60_000);

  it('have no thread close a descriptor before the one is done that reads for a greenlet that was killed', async () => {
    const seen = await printed(
      `${GATES}
      const isOpen = () => critical(openDescriptors).some((entry) => entry.endsWith('/file'));
      const withDescriptor = (close) => () => {
        const fd = critical(() => fs.openSync('file'));
        try { fs.readFileSync(fd, 'utf8'); } finally { close(fd); }
      };
      // How many pieces of work come before that which reads.
      const tasks = [
        [3, () => fs.readFileSync('file', { encoding: 'utf8', flag: 'r+' })],
        [1, withDescriptor((fd) => fs.closeSync(fd))],
        [1, withDescriptor((fd) => critical(() => fs.closeSync(fd)))],
        [1, withDescriptor((fd) => fs.close(fd, () => {}))],
      ];
      print(tasks.map(([count, task]) => {
        const greenlet = begin(task);
        for (let i = 0; i < count; i++) letOneBeDone();
        greenlet.kill();
        // A close that was given to the thread together with the read would be done with it.
        letOneBeDone();
        const wasOpen = isOpen();
        letAllBeDone(greenlet);
        return [wasOpen, isOpen()];
      }));`,
      ONE_THREAD,
    );
    expect(seen).to.deep.equal(Array.from({ length: 4 }, () => [true, false]));
  });

  it('have no FileHandle closed before the thread is done that reads its descriptor for a greenlet that was killed', async () => {
    const seen = await printed(
      `${GATES}
      const isOpen = () => critical(openDescriptors).some((entry) => entry.endsWith('/file'));
      const handle = waitCallback((done) => fs.promises.open('file').then((handle) => done(null, handle), done));
      let closed = false;
      const greenlet = begin(() => {
        try { fs.readFileSync(handle.fd, 'utf8'); } finally { handle.close().then(() => (closed = true)); }
      });
      letOneBeDone();
      greenlet.kill();
      letOneBeDone();
      const wasOpen = isOpen();
      while (!closed) turn(false);
      print([wasOpen, isOpen(), handle.fd]);`,
      ONE_THREAD,
    );
    expect(seen).to.deep.equal([true, false, -1]);
  });
});
