import assert from 'node:assert/strict';
import knex from 'knex';
import { block, scenario } from '../support/scenario';
import { postgresql, scratchName } from '../support/services';

scenario(async () => {
  const db = knex({
    client: 'pg',
    connection: postgresql,
    pool: {
      min: 0,
      max: 3,
      afterCreate: (connection: unknown, done: (error: null, connection: unknown) => void) => (
        block(),
        done(null, connection)
      ),
    },
    postProcessResponse: (result: unknown) => (block(), result),
    wrapIdentifier: (name, original) => (block(), original(name)),
  });
  const table = scratchName();
  await db.schema.createTable(table, (columns) => {
    block();
    columns.increments('id');
    columns.string('name');
  });
  try {
    await db(table).insert(['ada', 'bob', 'eve'].map((name) => ({ name })));
    const names = await db(table)
      .where((where) => (block(), void where.where('name', '>', 'b')))
      .orderBy('name')
      .pluck('name');
    assert.deepEqual(names, ['bob', 'eve']);
    const rolledBack = db.transaction(async (transaction) => {
      await transaction(table).delete();
      block();
      throw new Error('on purpose');
    });
    await assert.rejects(rolledBack, /on purpose/);
    const streamed: string[] = [];
    for await (const row of db(table).select('name').orderBy('name').stream()) {
      block();
      streamed.push((row as { name: string }).name);
    }
    assert.deepEqual(streamed, ['ada', 'bob', 'eve']);
  } finally {
    await db.schema.dropTable(table);
    await db.destroy();
  }
});
