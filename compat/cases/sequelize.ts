import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { DataTypes, type Model, Sequelize } from 'sequelize';
import { block, scenario, withBlocking } from '../support/scenario';
import { postgresql, scratchName } from '../support/services';

interface Person extends Model {
  id: number;
  name: string;
  initial: string;
}

function connect(): Sequelize {
  const { user: username, ...rest } = postgresql;
  return new Sequelize({ ...rest, username, dialect: 'postgres', logging: () => block(), pool: { max: 3 } });
}

scenario(async () => {
  const sequelize = connect();
  const People = sequelize.define<Person>(
    scratchName(),
    {
      name: {
        type: DataTypes.STRING,
        validate: { isShort: (name: string) => (block(), assert(name.length < 10, `${name} is too long`)) },
        set(name: string) {
          block();
          this.setDataValue('name', name.trim());
        },
      },
      initial: {
        type: DataTypes.VIRTUAL,
        get: function (this: Person) {
          block();
          return this.name[0];
        },
      },
    },
    { hooks: { beforeCreate: (person) => (block(), void (person.name += '!')), afterFind: () => block() } },
  );
  await People.sync();
  try {
    const storage = new AsyncLocalStorage<string>();
    await Promise.all(
      [' ada', 'bob '].map((name) =>
        storage.run(name, async () => {
          await People.create({ name });
          assert.equal(storage.getStore(), name);
        }),
      ),
    );
    const people = await People.findAll({ order: ['name'] });
    assert.deepEqual(
      people.map(({ name, initial }) => [name, initial]),
      [
        ['ada!', 'a'],
        ['bob!', 'b'],
      ],
    );
    await assert.rejects(People.create({ name: 'a very long name' }), /is too long/);
    const rolledBack = sequelize.transaction(async (transaction) => {
      await People.destroy({ where: {}, transaction });
      block();
      throw new Error('on purpose');
    });
    await assert.rejects(rolledBack, /on purpose/);
    assert.equal(await People.count(), 2);
  } finally {
    await People.drop();
    await sequelize.close();
  }
});

withBlocking('a setter of a model looks up another row, where setters cannot be asynchronous', async ({ wait }) => {
  const sequelize = connect();
  const names = sequelize.query<{ name: string }>(`select 'ada' as name`, { type: 'SELECT' as never });
  const Account = sequelize.define<Model & { owner: string }>(scratchName(), {
    owner: {
      type: DataTypes.STRING,
      set(id: number) {
        this.setDataValue('owner', `${(wait(names) as { name: string }[])[0]!.name} (${id})`);
      },
    },
  });
  assert.equal(Account.build({ owner: 7 }).owner, 'ada (7)');
  await sequelize.close();
});
