import assert from 'node:assert/strict';
import callbackMysql from 'mysql2';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { block, scenario } from '../support/scenario';
import { mariadb, scratchName } from '../support/services';

scenario(async () => {
  const pool = mysql.createPool({
    ...{ ...mariadb, connectionLimit: 3 },
    typeCast: (field, next) => (block(), field.name === 'shouted' ? field.string()?.toUpperCase() : next()),
  });
  const table = scratchName();
  await pool.query(`create table ${table} (id int auto_increment primary key, name varchar(20))`);
  try {
    await Promise.all(
      ['ada', 'bob', 'eve'].map((name) => pool.execute(`insert into ${table} (name) values (?)`, [name])),
    );
    const [rows] = await pool.query<RowDataPacket[]>(`select name as shouted from ${table} order by name`);
    block();
    assert.deepEqual(
      rows.map(({ shouted }) => shouted as string),
      ['ADA', 'BOB', 'EVE'],
    );
    const connection = await pool.getConnection();
    await connection.beginTransaction();
    await connection.execute(`delete from ${table}`);
    block();
    await connection.rollback();
    connection.release();
    const [[counted]] = await pool.query<RowDataPacket[]>(`select count(*) as n from ${table}`);
    assert.equal(counted!['n'], 3);
    await assert.rejects(pool.query(`select * from ${table}_nowhere`), { code: 'ER_NO_SUCH_TABLE' });

    const callbacks = callbackMysql.createConnection(mariadb);
    const streamed: number[] = [];
    await new Promise<void>((resolve, reject) => {
      callbacks
        .query(`select id from ${table} order by id`)
        .on('result', (row) => (block(), streamed.push((row as RowDataPacket)['id'] as number)))
        .on('error', reject)
        .on('end', () => (block(), resolve()));
    });
    assert.equal(streamed.length, 3);
    callbacks.end();
  } finally {
    await pool.query(`drop table ${table}`);
    await pool.end();
  }
});
