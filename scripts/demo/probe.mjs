// Asks /health every 10 ms while the slow routes are busy. It runs in a thread of its own: the event
// loop of the load generator, busy with the slow routes' answers, would add its own delays.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Opens the probe's connections, which a blocked server would accept only slowly. */
export async function openProbe(url) {
  const worker = new Worker(new URL('probe-thread.mjs', import.meta.url), {
    workerData: { url: `${url}/health` },
  });
  await once(worker, 'message');
  return {
    /** One sample per question: `at`, when it was due (s after the start), and `ms`, how long until its answer. */
    async sample(seconds) {
      worker.postMessage(seconds);
      const [samples] = await once(worker, 'message');
      return samples;
    },
  };
}
