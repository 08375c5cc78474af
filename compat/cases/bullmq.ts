import assert from 'node:assert/strict';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { block, scenario } from '../support/scenario';
import { redis as connection, scratchName } from '../support/services';

scenario(
  async () => {
    const name = scratchName();
    const queue = new Queue<{ n: number }, number>(name, { connection });
    const events = new QueueEvents(name, { connection });
    const worker = new Worker<{ n: number }, number>(
      name,
      async (job) => {
        block();
        await job.updateProgress(50);
        block();
        if (job.data.n === 3 && job.attemptsMade === 0) throw new Error('on purpose');
        return job.data.n * 2;
      },
      { connection, concurrency: 2 },
    );
    const failed: string[] = [];
    worker.on('failed', (_job, error) => (block(), failed.push(error.message)));
    worker.on('progress', () => block());
    await Promise.all([events.waitUntilReady(), worker.waitUntilReady()]);
    const jobs = await queue.addBulk([1, 2, 3, 4].map((n) => ({ name: 'double', data: { n }, opts: { attempts: 2 } })));
    const results = await Promise.all(jobs.map((job) => job.waitUntilFinished(events, 20_000)));
    assert.deepEqual([results, failed], [[2, 4, 6, 8], ['on purpose']]);
    await worker.close();
    await events.close();
    await queue.obliterate({ force: true });
    await queue.close();
  },
  { crowd: 4 },
);
