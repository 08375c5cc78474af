import assert from 'node:assert/strict';
import { Client, Pool, type PoolClient, Query, type QueryResult } from 'pg';

import { postgresql, scratchName } from '../support/services';
import { borrow, callback, storm, unblock } from '../support/storm';

const { wait, waitCallback } = unblock;

interface Row {
  token: string;
}

const most = 8;

storm('pg', () => {
  const name = scratchName();
  const pool = new Pool({ ...postgresql, max: most, application_name: name, idleTimeoutMillis: 0 });
  pool.on('error', (error) => assert.fail(error));
  for (const event of ['connect', 'acquire'] as const) pool.on(event, () => callback());
  const shared = new Client({ ...postgresql, application_name: name });
  wait(shared.connect());
  const only = ({ rows }: QueryResult<Row>): string => rows.map(({ token }) => token).join();
  // Struck or not, a connection that has not finished an exchange is not used again.
  const giveBack = (client: PoolClient, isInStep: boolean): void => client.release(!isInStep);
  const types = { getTypeParser: () => (text: string) => (callback(), text) };

  return {
    ways: {
      query: (token) => only(wait(pool.query<Row>('select $1::text as token', [token]))),
      slow: (token) => only(wait(pool.query<Row>('select $1::text as token, pg_sleep(0.002)', [token]))),
      prepared: (token) =>
        only(wait(pool.query<Row>({ name: 'ask', text: 'select $1::text as token', values: [token] }))),
      callback: (token) =>
        only(
          waitCallback<QueryResult<Row>>((done) =>
            pool.query<Row>('select $1::text as token', [token], (error, result) => (callback(), done(error, result))),
          ),
        ),
      'type parser': (token) =>
        only(wait(pool.query<Row>({ text: `select $1::text as token`, values: [token], types }))),
      'row handler': (token) =>
        borrow(
          pool.connect(),
          (client) => {
            const rows: string[] = [];
            const query = new Query<Row>('select $1::text as token from generate_series(1, 5)', [token]);
            query.on('row', (row) => (callback(), rows.push(row.token)));
            wait(new Promise((resolve, reject) => client.query(query).on('end', resolve).on('error', reject)));
            assert.equal(rows.length, 5);
            return [...new Set(rows)].join();
          },
          giveBack,
        ),
      transaction: (token) =>
        borrow(
          pool.connect(),
          (client) => {
            wait(client.query('begin'));
            const { rows } = wait(
              client.query<Row>(`select coalesce(current_setting('compat.token', true), '') as token`),
            );
            assert.equal(rows[0]!.token, '', "somebody else's transaction");
            wait(client.query(`select set_config('compat.token', $1, true)`, [token]));
            const result = wait(client.query<Row>(`select current_setting('compat.token') as token`));
            wait(client.query('commit'));
            return only(result);
          },
          giveBack,
        ),
      // Given back in the middle of an exchange: what comes next waits in the connection's own queue.
      careless: (token) =>
        borrow(
          pool.connect(),
          (client) => only(wait(client.query<Row>('select $1::text as token', [token]))),
          (client) => client.release(),
        ),
      'one connection for all': (token) => only(wait(shared.query<Row>('select $1::text as token', [token]))),
    },
    calm: () => {
      const { totalCount, idleCount, waitingCount } = pool;
      assert.deepEqual({ idleCount, waitingCount }, { idleCount: totalCount, waitingCount: 0 });
      assert(totalCount <= most);
      const counting = 'select count(*)::int as count from pg_stat_activity where application_name = $1';
      const { rows } = wait(shared.query<{ count: number }>(counting, [name]));
      assert.equal(rows[0]!.count, totalCount + 1);
    },
    close: () => {
      wait(pool.end());
      wait(shared.end());
    },
  };
});
