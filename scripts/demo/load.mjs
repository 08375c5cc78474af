// The load: one kind for the trivial route alone, one that keeps every slow route busy.
import autocannon from 'autocannon';

const TRIVIAL = '/health';
const TRIVIAL_CONNECTIONS = 10;
const SAMPLE_MS = 100;
const TIMEOUT_SECONDS = 60;

const SLOW_ROUTES = [
  { path: '/products?department=books' },
  { path: '/orders/1001' },
  { path: '/invoice/1001' },
  {
    method: 'POST',
    path: '/login',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'analytical engine' }),
  },
  { path: '/report' },
];

/**
 * Answers of the trivial route when nothing else happens, per second of the shop's processor time: what a processor of its
 * own would let it answer, whatever else runs on this machine.
 */
export async function measureTrivial({ url, processorSeconds }, seconds) {
  const before = processorSeconds();
  const result = await autocannon({
    url: `${url}${TRIVIAL}`,
    connections: TRIVIAL_CONNECTIONS,
    duration: seconds,
    sampleInt: SAMPLE_MS,
    bailout: 1,
  });
  assertAllServed(result);
  return result['2xx'] / (processorSeconds() - before);
}

/**
 * Visitors who walk from slow route to slow route without a pause, `perRoute` of them starting at each.
 * Every visitor takes the same walk, so the mix of routes is the same however fast a mode answers, and
 * rates and percentiles of two modes speak of the same work.
 *
 * Resolves when all of them walk. They enter by the trivial route and set out together, because Node
 * accepts one connection per turn of its event loop: in a server that is already blocking it would take
 * most of the run until the last one is in.
 */
export async function startVisitors(url, perRoute) {
  const count = perRoute * SLOW_ROUTES.length;
  const arrived = new Set();
  const walking = new Set();
  let latencies = [];
  let started;
  const load = autocannon({
    url,
    connections: count,
    requests: [{ path: TRIVIAL }],
    // Whoever started the visitors stops them.
    duration: 24 * 3600,
    sampleInt: SAMPLE_MS,
    timeout: TIMEOUT_SECONDS,
    bailout: 1,
  });
  await new Promise((resolve, reject) => {
    load.on('done', () => reject(new Error(`${url} failed before the load could start`)));
    load.on('response', (client, status, bytes, ms) => {
      latencies.push(ms);
      if (walking.has(client) || arrived.add(client).size < count) return;
      client.setRequests(walkFrom(walking.size % SLOW_ROUTES.length));
      if (walking.add(client).size < count) return;
      latencies = [];
      started = performance.now();
      resolve();
    });
  });
  return {
    async stop() {
      const perSecond = latencies.length / ((performance.now() - started) / 1000);
      load.stop();
      assertAllServed(await load);
      return { perSecond, latencies };
    },
  };
}

function walkFrom(first) {
  // Copies, because autocannon keeps what it sends in the request objects.
  return [...SLOW_ROUTES.slice(first), ...SLOW_ROUTES.slice(0, first)].map((request) => ({ ...request }));
}

function assertAllServed({ errors, non2xx, url }) {
  if (errors > 0 || non2xx > 0) {
    throw new Error(`${url}: ${errors} requests failed, ${non2xx} were answered with another status than 2xx`);
  }
}
