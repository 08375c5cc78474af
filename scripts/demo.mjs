// npm run demo: the same ordinary shop, served by the same node without and with the loader.
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureTrivial, startVisitors } from './demo/load.mjs';
import { percentile } from './demo/percentile.mjs';
import { openProbe } from './demo/probe.mjs';
import { renderReport } from './demo/report.mjs';
import { startShop } from './demo/shop.mjs';
import { ratioLines, renderTable } from './demo/table.mjs';

const ROOT = new URL('../', import.meta.url);
const LOADER = new URL('loader.mjs', ROOT);
const REPORT = fileURLToPath(new URL('demo-report.html', ROOT));
const WARM_UP_SECONDS = 1.5;
const ROUND_SECONDS = 1;
const ROUNDS = 10;

const USAGE = `npm run demo -- [options]
  --seconds <n>      how long the slow routes are kept busy, for each mode (default 8)
  --connections <n>  visitors who start at each slow route (default 4)
  --node <binary>    the node that serves the shop (default: this one)`;

const options = readOptions();
const shops = [];
try {
  await main();
} catch (error) {
  console.error(`the demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const shop of shops) shop.stop();
}
// After a failure the load generator and the probe may still hold connections.
process.exit();

async function main() {
  for (const [mode, loader] of [
    ['plain', undefined],
    ['unblock', LOADER],
  ]) {
    const shop = await startShop({ mode, node: options.node, loader });
    shops.push(shop);
    say(`${mode}: the shop listens on ${shop.url}`);
  }
  // Either shop may die at any moment: that must end the run, not leave it waiting for answers.
  const results = await Promise.race([measure(), ...shops.map((shop) => shop.died)]);
  console.log(`\n${renderTable(results)}\n\n${ratioLines(results).join('\n')}\n`);
  writeFileSync(REPORT, renderReport(results, options));
  console.log(`picture: ${REPORT}`);
}

async function measure() {
  const results = shops.map(({ mode }) => ({ mode, rounds: [] }));
  for (const shop of shops) await measureTrivial(shop, WARM_UP_SECONDS);
  // In turns, each mode first in every other round, so that a slow moment of the machine does not fall on one alone.
  for (let round = 1; round <= ROUNDS; round++) {
    const turns = [...shops.keys()];
    for (const index of round % 2 === 0 ? turns.reverse() : turns) {
      results[index].rounds.push(await measureTrivial(shops[index], ROUND_SECONDS));
    }
    const rates = results.map(({ mode, rounds }) => `${mode} ${Math.round(rounds.at(-1))}`);
    say(`/health alone, round ${round} of ${ROUNDS}: ${rates.join(', ')} requests per second of processor time`);
  }
  for (const [index, shop] of shops.entries()) {
    say(`${shop.mode}: keeping the slow routes busy for ${options.seconds} s`);
    Object.assign(results[index], await measureBusy(shop.url));
  }
  return results.map(summarize);
}

async function measureBusy(url) {
  const probe = await openProbe(url);
  const visitors = await startVisitors(url, options.connections);
  const samples = await probe.sample(options.seconds);
  return { slow: await visitors.stop(), samples };
}

function summarize({ mode, rounds, slow, samples }) {
  const health = samples.map((sample) => sample.ms);
  return {
    mode,
    samples,
    slowPerSecond: slow.perSecond,
    slowP50: percentile(slow.latencies, 50),
    slowP99: percentile(slow.latencies, 99),
    healthP50: percentile(health, 50),
    healthP99: percentile(health, 99),
    // What else the machine is busy with can only make it less.
    trivialPerSecond: Math.max(...rounds),
  };
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '8' },
      connections: { type: 'string', default: '4' },
      node: { type: 'string', default: process.execPath },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const seconds = Number(values.seconds);
  const connections = Number(values.connections);
  if (!(seconds > 0)) fail(`--seconds must be a positive number, not "${values.seconds}"`);
  if (!(Number.isInteger(connections) && connections > 0)) {
    fail(`--connections must be a positive whole number, not "${values.connections}"`);
  }
  if (!existsSync(LOADER)) fail(`there is no ${fileURLToPath(LOADER)}`);
  return { seconds, connections, node: values.node };
}

function fail(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}

function say(line) {
  console.log(`- ${line}`);
}
