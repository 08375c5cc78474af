import { expect } from 'chai';

import { runBothWays } from '../../support/both-ways';

const prelude = `
  const { BroadcastChannel, MessageChannel, Worker } = require('node:worker_threads');
  const { execSync, fork } = require('node:child_process');
  const numbers = (count) => Array.from({ length: count }, (_, i) => i);
  const read = (value) => { console.log('>', value); sleep(2); console.log('<', value); };`;

// Each says the same in both runs.
const programs: Readonly<Record<string, string>> = {
  'of a port are handled one after the other': `
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (value) => { read(value); if (value === 4) port1.close(); });
    port1.on('close', () => console.log('close'));
    for (const number of numbers(5)) port2.postMessage(number);`,
  'of a port stay in it when a handler stops to listen': `
    const { port1, port2 } = new MessageChannel();
    const first = (value) => { read(value); port1.off('message', first); setTimeout(() => port1.on('message', second), 20); };
    const second = (value) => { console.log('second', value); if (value === 4) port1.close(); };
    port1.on('message', first);
    for (const number of numbers(5)) port2.postMessage(number);`,
  'of a port can be taken one at a time': `
    const { port1, port2 } = new MessageChannel();
    const next = () => port1.once('message', (value) => { read(value); if (value < 4) setTimeout(next, 5); else port1.close(); });
    next();
    for (const number of numbers(5)) port2.postMessage(number);`,
  'of a port keep the ports that came with them': `
    const { port1, port2 } = new MessageChannel();
    let count = 0;
    const answers = [];
    port1.onmessage = ({ data, ports }) => {
      read(data);
      ports[0].postMessage('to ' + data);
      if (++count === 3) port1.close();
    };
    for (const number of numbers(3)) {
      const own = new MessageChannel();
      own.port1.on('message', (answer) => { answers.push(answer); own.port1.close(); });
      if (number === 2) own.port1.on('close', () => console.log(answers.join()));
      port2.postMessage(number, [own.port2]);
    }`,
  'of a channel are handled one after the other': `
    const [listener, speaker] = [new BroadcastChannel('x'), new BroadcastChannel('x')];
    listener.onmessage = ({ data }) => { read(data); if (data === 4) { listener.close(); speaker.close(); } };
    for (const number of numbers(5)) speaker.postMessage(number);`,
  'of a worker all come before its end': `
    const source = "const { parentPort } = require('node:worker_threads'); for (let i = 0; i < 40; i++) parentPort.postMessage(i); process.exit(3);";
    const worker = new Worker(source, { eval: true });
    worker.on('message', read);
    worker.on('exit', (code) => console.log('exit', code));`,
  // The error comes by a port of its own: between it and the messages plain Node promises no order.
  'of a worker that fails all come before its end': `
    const source = "const { parentPort } = require('node:worker_threads'); for (let i = 0; i < 4; i++) parentPort.postMessage(i); throw new Error('failed');";
    const worker = new Worker(source, { eval: true });
    let failure;
    worker.on('message', read);
    worker.on('error', (error) => { failure = error.message; });
    worker.on('exit', (code) => console.log('exit', code, failure));`,
  'to a worker are handled one after the other': `
    const source = \`const { parentPort } = require('node:worker_threads');
      parentPort.on('message', (value) => { require('node:child_process').execSync('true'); parentPort.postMessage(value); if (value === 4) parentPort.close(); });\`;
    const file = __dirname + '/worker.cjs';
    require('node:fs').writeFileSync(file, source);
    const worker = new Worker(file);
    worker.on('message', (value) => console.log(value));
    worker.on('exit', (code) => console.log('exit', code));
    for (const number of numbers(5)) worker.postMessage(number);`,
  'of a child process come before its end': `
    const file = __dirname + '/child.cjs';
    require('node:fs').writeFileSync(file, "for (let i = 0; i < 5; i++) process.send(i); process.disconnect();");
    const child = fork(file, { execArgv: [] });
    child.on('message', read);
    child.on('disconnect', () => read('disconnect'));`,
  'to a child process are handled one after the other': `
    const source = \`process.on('message', (value) => { require('node:child_process').execSync('true'); process.send(value); if (value === 4) process.disconnect(); });\`;
    const file = __dirname + '/child.cjs';
    require('node:fs').writeFileSync(file, source);
    const child = fork(file);
    child.on('message', (value) => console.log(value));
    child.on('exit', (code) => console.log('exit', code));
    for (const number of numbers(5)) child.send(number);`,
};

describe('messages', () => {
  for (const [title, program] of Object.entries(programs)) {
    it(`${title}, while a handler is suspended`, async () => {
      const { plain, loaded } = await runBothWays(prelude + program, { flags: ['--no-warnings'] });
      expect(plain).to.deep.include({ code: 0, stderr: '' });
      expect(plain.stdout.split('\n')).to.have.length.above(4);
      expect(loaded).to.deep.equal(plain);
    });
  }
});
