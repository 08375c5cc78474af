import assert from 'node:assert/strict';
import nunjucks from 'nunjucks';
import { Client, Pool } from 'pg';
import { block, scenario, withBlocking } from '../support/scenario';
import { postgresql, scratchName } from '../support/services';

scenario(async () => {
  const pool = new Pool({ ...postgresql, max: 3 });
  pool.on('connect', () => block());
  const table = scratchName();
  await pool.query(`create table ${table} (id serial primary key, name text not null, born date)`);
  try {
    const names = ['ada', 'bob', 'eve', 'mel', 'zoe'];
    await Promise.all(
      names.map(async (name) => {
        const { rows } = await pool.query<{ name: string }>(`insert into ${table} (name) values ($1) returning name`, [
          name,
        ]);
        block();
        assert.equal(rows[0]!.name, name);
      }),
    );
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query(`delete from ${table}`);
      block();
      await client.query('rollback');
    } finally {
      client.release();
    }
    const counted = await pool.query<{ count: string }>(`select count(*) from ${table}`);
    assert.equal(counted.rows[0]!.count, '5');
    const types = { getTypeParser: () => (text: string) => (block(), `parsed ${text}`) };
    const parsed = await pool.query<{ n: string }>({ text: 'select 7 as n', types });
    assert.equal(parsed.rows[0]!.n, 'parsed 7');
    await assert.rejects(pool.query(`select * from ${table}_nowhere`), { code: '42P01' });

    const listener = new Client(postgresql);
    await listener.connect();
    const heard = new Promise((resolve) => listener.on('notification', ({ payload }) => (block(), resolve(payload))));
    await listener.query(`listen ${table}`);
    await pool.query(`select pg_notify($1, 'hello')`, [table]);
    assert.equal(await heard, 'hello');
    await listener.end();
  } finally {
    await pool.query(`drop table ${table}`);
    await pool.end();
  }
});

withBlocking('a lazy getter of a record queries the row that it refers to', async ({ wait }) => {
  const pool = new Pool(postgresql);
  class Person {
    constructor(readonly id: number) {}
    get name(): string {
      return wait(pool.query<{ name: string }>(`select 'person ' || $1::int as name`, [this.id])).rows[0]!.name;
    }
  }
  assert.deepEqual(
    [1, 2].map((id) => new Person(id).name),
    ['person 1', 'person 2'],
  );
  await pool.end();
});

withBlocking('a Nunjucks filter queries PostgreSQL in a straight line', async ({ wait }) => {
  const pool = new Pool(postgresql);
  const environment = new nunjucks.Environment();
  environment.addFilter('priceOf', (item: string) => {
    const { rows } = wait(pool.query<{ price: number }>('select length($1)::int * 10 as price', [item]));
    return rows[0]!.price;
  });
  const bill =
    '{% for item in items %}{% if item | priceOf > 30 %}{{ item }}: {{ item | priceOf }} {% endif %}{% endfor %}';
  assert.equal(environment.renderString(bill, { items: ['tea', 'coffee', 'cake'] }), 'coffee: 60 cake: 40 ');
  await pool.end();
});
