// A crawler: four pages at a time, none of which may take longer than two seconds.
import { Pool, Queue, spawn, Timeout, wait, withTimeout } from 'unblock';

import { startSite } from './site.mjs';

const AT_ONCE = 4;
const PATIENCE = 2000;

function fetchPage(url) {
  const controller = new AbortController();
  try {
    const response = wait(fetch(url, { signal: controller.signal }));
    return { status: response.status, body: wait(response.text()) };
  } finally {
    // Whatever ends the wait, a Timeout for instance, ends the request too: nobody else will ever read from it.
    controller.abort();
  }
}

function linksIn(body) {
  return [...body.matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
}

/** Visits all pages of a site; returns what has become of each. */
function crawl(address) {
  const outcomes = new Map();
  const frontier = new Queue();
  const pool = new Pool(AT_ONCE);

  const discover = (path) => {
    if (outcomes.has(path)) return;
    outcomes.set(path, 'on the way');
    frontier.put(path);
  };

  const visit = (path) => {
    try {
      const { status, body } = withTimeout(PATIENCE, fetchPage, address + path);
      outcomes.set(path, String(status));
      linksIn(body).forEach(discover);
    } catch (error) {
      if (!(error instanceof Timeout)) throw error;
      outcomes.set(path, `nothing after ${error.milliseconds} ms`);
    } finally {
      frontier.taskDone();
    }
  };

  discover('/');
  const feeder = spawn(() => {
    for (const path of frontier) pool.spawn(visit, path); // waits while four are on their way
  });
  frontier.join();
  frontier.shutdown();
  feeder.join();
  return outcomes;
}

spawn(() => {
  const site = startSite();
  try {
    for (const [path, outcome] of [...crawl(site.address)].sort()) console.log(path.padEnd(12), outcome);
  } finally {
    site.stop();
  }
});
