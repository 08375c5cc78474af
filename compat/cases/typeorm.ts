import 'reflect-metadata';
import assert from 'node:assert/strict';
import { DataSource, EntitySchema, type EntitySubscriberInterface } from 'typeorm';
import { block, scenario } from '../support/scenario';
import { postgresql, scratchName } from '../support/services';

interface Person {
  id?: number;
  name: string;
}

scenario(
  async () => {
    const table = scratchName();
    const transformer = {
      to: (name: string) => (block(), name),
      from: (name: string) => (block(), name.toUpperCase()),
    };
    const people = new EntitySchema<Person>({
      name: table,
      columns: { id: { type: 'int', primary: true, generated: true }, name: { type: 'varchar', transformer } },
    });
    const { user: username, ...rest } = postgresql;
    const source = new DataSource({ ...rest, username, type: 'postgres', entities: [people], synchronize: true });
    const inserted: string[] = [];
    await source.initialize();
    const subscriber: EntitySubscriberInterface<Person> = {
      listenTo: () => people as never,
      afterInsert: async ({ entity }) => (block(), void inserted.push(entity.name)),
    };
    source.subscribers.push(subscriber);
    try {
      const repository = source.getRepository(people);
      await Promise.all(['ada', 'bob'].map((name) => repository.save({ name })));
      const found = await repository.find({ order: { name: 'ASC' } });
      assert.deepEqual(
        found.map(({ name }) => name),
        ['ADA', 'BOB'],
      );
      const rolledBack = source.transaction(async (manager) => {
        await manager.delete(people, { name: 'ada' });
        block();
        throw new Error('on purpose');
      });
      await assert.rejects(rolledBack, /on purpose/);
      assert.equal(await repository.createQueryBuilder('p').where('p.name like :like', { like: '%o%' }).getCount(), 1);
      assert.equal(await repository.count(), 2);
    } finally {
      await source.query(`drop table ${table}`);
      await source.destroy();
    }
  },
  { crowd: 4 },
);
