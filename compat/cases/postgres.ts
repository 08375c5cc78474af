import assert from 'node:assert/strict';
import postgres from 'postgres';
import { block, scenario } from '../support/scenario';
import { postgresql, scratchName } from '../support/services';

scenario(async () => {
  const { user: username, ...rest } = postgresql;
  const sql = postgres({
    ...{ ...rest, username, max: 3, onnotice: () => block() },
    transform: { column: { from: (name: string) => (block(), name.toUpperCase()) } },
  });
  const table = sql(scratchName());
  await sql`create table ${table} (id int primary key, name text)`;
  try {
    const people = [1, 2, 3].map((id) => ({ id, name: `person ${id}` }));
    await sql`insert into ${table} ${sql(people, 'id', 'name')}`;
    const rows = await sql<{ NAME: string }[]>`select name from ${table} where id > ${1} order by id`;
    block();
    assert.deepEqual(
      rows.map(({ NAME }) => NAME),
      ['person 2', 'person 3'],
    );
    const seen: number[] = [];
    await sql`select id from ${table} order by id`.cursor(1, ([row]) => {
      block();
      seen.push((row as { ID: number }).ID);
    });
    assert.deepEqual(seen, [1, 2, 3]);
    const rolledBack = sql.begin(async (transaction) => {
      await transaction`delete from ${table}`;
      block();
      throw new Error('on purpose');
    });
    await assert.rejects(rolledBack, /on purpose/);
    const [counted] = await sql<{ N: number }[]>`select count(*)::int as n from ${table}`;
    assert.equal(counted!.N, 3);
  } finally {
    await sql`drop table ${table}`;
    await sql.end();
  }
});
