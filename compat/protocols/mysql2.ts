import assert from 'node:assert/strict';
import type { Connection as CallbackConnection } from 'mysql2';
import mysql, { type PoolConnection, type RowDataPacket } from 'mysql2/promise';

import { mariadb, scratchName } from '../support/services';
import { borrow, callback, storm, unblock } from '../support/storm';

const { wait, waitCallback } = unblock;

type Rows = RowDataPacket[];
type Answer = readonly [Rows, unknown];

/** What mysql2 has no types for: who is in the pool. */
interface Inside {
  _allConnections: { length: number };
  _freeConnections: { length: number };
  _connectionQueue: { length: number };
}

const most = 8;

storm('mysql2', () => {
  // A database of its own: the server counts who is connected to it.
  const database = scratchName();
  const server = { ...mariadb, database };
  const keeper = wait(mysql.createConnection(mariadb));
  wait(keeper.query(`create database ${database}`));
  const pool = mysql.createPool({ ...server, connectionLimit: most });
  const inside = pool.pool as unknown as Inside;
  pool.on('connection', () => callback());
  pool.on('acquire', () => callback());
  pool.on('release', () => callback());
  const shared = wait(mysql.createConnection(server));
  const only = ([rows]: Answer): string => rows.map((row) => String(row['token'])).join();
  const giveBack = (connection: PoolConnection, isInStep: boolean): void => {
    if (isInStep) connection.release();
    else connection.destroy();
  };

  return {
    ways: {
      query: (token) => only(wait(pool.query<Rows>('select ? as token', [token]))),
      slow: (token) => only(wait(pool.query<Rows>('select ? as token, sleep(0.002)', [token]))),
      prepared: (token) => only(wait(pool.execute<Rows>('select ? as token', [token]))),
      callback: (token) =>
        only([
          waitCallback<Rows>((done) =>
            pool.pool.query<Rows>('select ? as token', [token], (error, rows) => (callback(), done(error, rows))),
          ),
          undefined,
        ]),
      'type cast': (token) =>
        only(
          wait(
            pool.query<Rows>({
              sql: 'select ? as token',
              values: [token],
              typeCast: (field, next) => (callback(), field.name === 'token' ? field.string() : next()),
            }),
          ),
        ),
      'row handler': (token) =>
        borrow(
          pool.getConnection(),
          (connection) => {
            const rows: string[] = [];
            const underneath = connection.connection as unknown as CallbackConnection;
            const query = underneath.query('select ? as token from seq_1_to_5', [token]);
            query.on('result', (row) => (callback(), rows.push(String((row as RowDataPacket)['token']))));
            wait(new Promise((resolve, reject) => query.on('end', resolve).on('error', reject)));
            assert.equal(rows.length, 5);
            return [...new Set(rows)].join();
          },
          giveBack,
        ),
      transaction: (token) =>
        borrow(
          pool.getConnection(),
          (connection) => {
            wait(connection.beginTransaction());
            const [[held]] = wait(connection.query<Rows>('select @token as token'));
            assert.equal(held!['token'], null, "somebody else's exchange");
            wait(connection.query('set @token = ?', [token]));
            const answer = wait(connection.query<Rows>('select @token as token'));
            wait(connection.query('set @token = null'));
            wait(connection.commit());
            return only(answer);
          },
          giveBack,
        ),
      // Given back in the middle of an exchange: what comes next waits in the connection's own queue.
      careless: (token) =>
        borrow(
          pool.getConnection(),
          (connection) => only(wait(connection.query<Rows>('select ? as token', [token]))),
          (connection) => connection.release(),
        ),
      'one connection for all': (token) => only(wait(shared.query<Rows>('select ? as token', [token]))),
    },
    calm: () => {
      const { length } = inside._allConnections;
      assert.equal(inside._connectionQueue.length, 0);
      assert.equal(inside._freeConnections.length, length);
      assert(length <= most);
      const counting = 'select count(*) as count from information_schema.processlist where db = ?';
      const [[counted]] = wait(keeper.query<Rows>(counting, [database]));
      assert.equal(counted!['count'], length + 1);
    },
    close: () => {
      wait(pool.end());
      wait(shared.end());
      wait(keeper.query(`drop database ${database}`));
      wait(keeper.end());
    },
  };
});
