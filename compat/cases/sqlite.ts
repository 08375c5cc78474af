import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { block, scenario } from '../support/scenario';

scenario(() => {
  const db = new DatabaseSync(':memory:');
  db.exec('create table people (id integer primary key, name text)');
  db.function('shout', (text) => {
    block();
    return String(text).toUpperCase();
  });
  const insert = db.prepare('insert into people (name) values (?)');
  for (const name of ['ada', 'bob', 'eve']) {
    insert.run(name);
    block();
  }
  const rows = db.prepare('select shout(name) as name from people where id > ? order by id').all(1);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['BOB', 'EVE'],
  );
  for (const row of db.prepare('select id from people').iterate()) {
    block();
    assert(Number(row['id']) > 0);
  }
  assert.throws(() => db.exec('select * from nowhere'), /no such table: nowhere/);
  db.close();
});
