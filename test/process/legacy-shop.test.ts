import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { loaderUrl, repoRoot } from '../support/spawn-script';

const app = path.join(repoRoot, 'examples', 'legacy-shop', 'app.js');

interface Shop {
  url: string;
  child: ChildProcess;
}

interface Question {
  route: string;
  /** Posted as JSON; without it the question is a GET. */
  body?: unknown;
}

interface Answer {
  status: number;
  type: string | null;
  text: string;
}

const questions: readonly Question[] = [
  { route: '/health' },
  { route: '/products' },
  { route: '/products?department=toys&page=2' },
  { route: '/orders/1001' },
  { route: '/orders/none' },
  { route: '/invoice/1002' },
  { route: '/invoice/none' },
  { route: '/report' },
  { route: '/login', body: { email: 'grace@example.com', password: 'nanoseconds' } },
  { route: '/login', body: { email: 'grace@example.com', password: 'microseconds' } },
  { route: '/login', body: {} },
];

async function openShop(flags: readonly string[]): Promise<Shop> {
  const child = spawn(process.execPath, [...flags, app], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return { url, child };
  }
  throw new Error('the shop ended without printing its address');
}

async function closeShop({ child }: Shop): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function ask(shop: Shop, { route, body }: Question): Promise<Answer> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(shop.url + route, body === undefined ? {} : post);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

async function millisecondsOf(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

describe('the legacy shop under the loader', () => {
  let plain: Shop;
  let unblocked: Shop;

  before(async () => {
    plain = await openShop([]);
    unblocked = await openShop(['--import', loaderUrl]);
  });

  after(async () => {
    for (const shop of [plain, unblocked]) if (shop !== undefined) await closeShop(shop);
  });

  for (const question of questions) {
    const { route, body } = question;
    it(`answers ${route} ${body === undefined ? '' : `${JSON.stringify(body)} `}as without it`, async () => {
      const expected = await ask(plain, question);
      expect(await ask(unblocked, question)).to.deep.equal(expected);
    });
  }

  it('answers a trivial request while twenty invoices are made, and makes them at the same time', async () => {
    const count = 20;
    const invoice = { route: '/invoice/1001' };
    let made = 0;
    const makeOne = async (): Promise<void> => {
      expect((await ask(unblocked, invoice)).status).to.equal(200);
      made += 1;
    };

    const oneByOne = await millisecondsOf(async () => {
      for (let i = 0; i < count; i++) await makeOne();
    });

    made = 0;
    let madeWhenHealthy = count;
    const atOnce = await millisecondsOf(async () => {
      const invoices = Array.from({ length: count }, makeOne);
      await ask(unblocked, { route: '/health' });
      madeWhenHealthy = made;
      await Promise.all(invoices);
    });

    expect(madeWhenHealthy).to.be.below(count);
    expect(atOnce).to.be.below(oneByOne / 2);
  });
});
