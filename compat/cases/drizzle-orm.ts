import assert from 'node:assert/strict';
import { asc, eq, gt, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { customType, integer, pgTable } from 'drizzle-orm/pg-core';
import { Pool } from 'pg';
import { block, scenario } from '../support/scenario';
import { postgresql, scratchName } from '../support/services';

const shouted = customType<{ data: string }>({
  dataType: () => 'text',
  toDriver: (text) => (block(), text.toLowerCase()),
  fromDriver: (text) => (block(), String(text).toUpperCase()),
});

scenario(async () => {
  const pool = new Pool({ ...postgresql, max: 3 });
  const db = drizzle(pool, { logger: { logQuery: () => block() } });
  const name = scratchName();
  const people = pgTable(name, { id: integer().primaryKey(), name: shouted() });
  await db.execute(sql`create table ${sql.identifier(name)} (id int primary key, name text)`);
  try {
    await db.insert(people).values([1, 2, 3].map((id) => ({ id, name: `Person ${id}` })));
    const found = await db.select().from(people).where(gt(people.id, 1)).orderBy(asc(people.id));
    block();
    assert.deepEqual(found, [
      { id: 2, name: 'PERSON 2' },
      { id: 3, name: 'PERSON 3' },
    ]);
    const rolledBack = db.transaction(async (transaction) => {
      await transaction.delete(people).where(eq(people.id, 1));
      block();
      throw new Error('on purpose');
    });
    await assert.rejects(rolledBack, /on purpose/);
    assert.equal(await db.$count(people), 3);
  } finally {
    await db.execute(sql`drop table ${sql.identifier(name)}`);
    await pool.end();
  }
});
