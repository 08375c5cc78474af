import assert from 'node:assert/strict';
import { Redis } from 'ioredis';

import { redis as server, scratchName } from '../support/services';
import { callback, storm, unblock } from '../support/storm';

const { AsyncResult, wait, waitCallback } = unblock;

/** What ioredis has no types for: the commands whose replies are to come. */
interface Inside {
  commandQueue: { length: number };
  offlineQueue: { length: number };
}

interface WithTwice {
  twice(key: string, value: string): Promise<string>;
}

storm('ioredis', () => {
  const name = scratchName();
  const options = { ...server, connectionName: name };
  const redis = new Redis(options);
  const pipelining = new Redis({ ...options, enableAutoPipelining: true });
  const listener = new Redis(options);
  const all = [redis, pipelining, listener];
  for (const each of all) {
    each.on('error', (error) => assert.fail(error));
    each.on('close', () => callback());
  }
  redis.defineCommand('twice', {
    numberOfKeys: 1,
    lua: `redis.call('SET', KEYS[1], ARGV[1], 'PX', 5000) return redis.call('GET', KEYS[1])`,
  });
  const heard = new Map<string, (text: string) => void>();
  listener.on('message', (channel: string, text: string) => {
    callback();
    heard.get(channel)?.(text);
  });
  const keep = (token: string): string => {
    wait(pipelining.set(token, token, 'PX', 5000));
    return wait(pipelining.get(token)) ?? 'nothing';
  };

  return {
    ways: {
      echo: (token) => wait(redis.echo(token)),
      'auto-pipelining': keep,
      callback: (token) =>
        waitCallback<string>((done) => {
          void redis.echo(token, (error, answer) => (callback(), done(error, answer)));
        }),
      pipeline: (token) => {
        const pipeline = redis.pipeline();
        for (let part = 0; part < 5; part++) pipeline.echo(`${token}/${part}`);
        const answers = wait(pipeline.exec())!.map(([, answer]) => answer as string);
        assert.deepEqual(
          answers,
          [0, 1, 2, 3, 4].map((part) => `${token}/${part}`),
        );
        return answers[0]!.slice(0, -2);
      },
      transaction: (token) => {
        const outcome = wait(redis.multi().set(token, token, 'PX', 5000).get(token).exec());
        return outcome![1]![1] as string;
      },
      script: (token) => wait((redis as unknown as WithTwice).twice(token, token)),
      'message handler': (token) => {
        const message = new AsyncResult<string>();
        heard.set(token, (text) => message.set(text));
        try {
          wait(listener.subscribe(token));
          wait(redis.publish(token, token));
          return message.get();
        } finally {
          heard.delete(token);
          void listener.unsubscribe(token);
        }
      },
    },
    calm: () => {
      for (const each of all) {
        const { commandQueue, offlineQueue } = each as unknown as Inside;
        assert.deepEqual([each.status, commandQueue.length, offlineQueue.length], ['ready', 0, 0]);
      }
      const clients = (wait(redis.client('LIST')) as string)
        .split('\n')
        .filter((line) => line.includes(`name=${name} `));
      assert.equal(clients.length, all.length);
      assert(
        clients.every((line) => line.includes(' sub=0 ')),
        clients.join('\n'),
      );
    },
    close: () => {
      for (const each of all) wait(each.quit());
    },
  };
});
