// The servers that cases talk to, on this machine alone.
import net from 'node:net';

/** Name -> the port on which it listens. A variable such as COMPAT_REDIS_PORT says another. */
const ports: Readonly<Record<string, number>> = {
  postgresql: 5432,
  mariadb: 3306,
  redis: 6379,
  rabbitmq: 5672,
  mqtt: 1883,
  nats: 4222,
};

export const servers: readonly string[] = Object.keys(ports);

export function portOf(server: string): number {
  return Number(process.env[`COMPAT_${server.toUpperCase()}_PORT`] ?? ports[server]);
}

/** Whether something accepts connections on the server's port. */
export function isListening(server: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(portOf(server), '127.0.0.1');
    const answer = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.setTimeout(2_000, () => answer(false));
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

/** Those of the servers that do not listen. */
export async function absent(wanted: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(wanted.map(isListening));
  return wanted.filter((_, index) => !answers[index]);
}
