// Where the servers on this machine are, and names on them that nobody else has.
import { portOf } from '../servers';

const host = '127.0.0.1';

export const postgresql = { host, port: portOf('postgresql'), user: 'postgres', password: 'trust', database: 'test' };
export const mariadb = { host, port: portOf('mariadb'), user: 'root', password: '', database: 'test' };
export const redis = { host, port: portOf('redis') };
export const rabbitmq = `amqp://guest:guest@${host}:${portOf('rabbitmq')}`;
export const mqttBroker = `mqtt://${host}:${portOf('mqtt')}`;
export const natsServer = { servers: `${host}:${portOf('nats')}` };

let count = 0;

/** A name for a table, a queue or a key, that no other case and no other body of this one uses. */
export function scratchName(): string {
  return `compat_${process.pid}_${++count}`;
}
