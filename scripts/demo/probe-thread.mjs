import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const INTERVAL_MS = 10;

// Enough that a question due during a stall of two seconds still finds a free connection, and few enough
// that each one is used again, in turn, before the server's keep-alive time (5 s) is over.
const CONNECTIONS = 256;

// Far beyond any stall that is worth measuring: the server hangs.
const TIMEOUT_MS = 60_000;

const { url } = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: CONNECTIONS, scheduling: 'fifo' });

await Promise.all(Array.from({ length: CONNECTIONS }, ask));
parentPort.postMessage('open');
const [seconds] = await once(parentPort, 'message');
parentPort.postMessage(await sample());
agent.destroy();

async function sample() {
  const started = performance.now();
  const pending = [];
  for (let due = started; due < started + seconds * 1000; due += INTERVAL_MS) {
    const early = due - performance.now();
    if (early > 0) await delay(early);
    // Counted from the moment it was due: a question that leaves late has waited all the same.
    pending.push(ask().then(() => ({ at: (due - started) / 1000, ms: performance.now() - due })));
  }
  return Promise.all(pending);
}

function ask() {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${url} did not answer in ${TIMEOUT_MS / 1000} s`)));
    request.on('error', (error) => {
      // The server may close an idle connection in the same moment in which it is used again.
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve(ask());
      else reject(error);
    });
  });
}
