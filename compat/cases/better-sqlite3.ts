import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { block, scenario } from '../support/scenario';

scenario(() => {
  const db = new Database(':memory:', { verbose: () => block() });
  db.exec('create table people (id integer primary key, name text)');
  db.function('shout', (text: string) => {
    block();
    return text.toUpperCase();
  });
  db.aggregate('longest', {
    start: '',
    step: (longest: string, next: string) => (block(), next.length > longest.length ? next : longest),
  });
  const insert = db.prepare('insert into people (name) values (?)');
  const insertAll = db.transaction((names: string[]) => {
    for (const name of names) {
      block();
      insert.run(name);
    }
  });
  insertAll(['ada', 'bob', 'eva']);
  assert.throws(() => insertAll(['zoe', Symbol() as never]), TypeError);
  const names = db.prepare('select shout(name) from people where id > ? order by id').pluck().all(1);
  assert.deepEqual(names, ['BOB', 'EVA']);
  for (const row of db.prepare<[], { id: number }>('select id from people').iterate()) {
    block();
    assert(row.id > 0);
  }
  assert.equal(db.prepare('select longest(name) from people').pluck().get(), 'ada');
  db.close();
});
