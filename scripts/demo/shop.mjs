// Runs the example shop as a child process, with the loader or without.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const APP = fileURLToPath(new URL('../../examples/legacy-shop/app.js', import.meta.url));
const START_TIMEOUT_MS = 15_000;

export async function startShop({ mode, node, loader }) {
  const flags = loader ? ['--import', loader.href] : [];
  const child = spawn(node, [...flags, APP], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stopped = false;
  const died = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (!stopped) reject(new Error(`the ${mode} shop ended early: ${signal ?? `exit code ${code}`}`));
    });
  });
  // The caller races it later on; until then a rejection must not count as unhandled.
  died.catch(() => {});
  const stop = () => {
    stopped = true;
    child.kill();
  };
  try {
    const url = await Promise.race([printedUrl(child.stdout), died, tooLate(mode)]);
    return { mode, url, died, stop, processorSeconds: () => processorSeconds(child.pid) };
  } catch (error) {
    stop();
    throw error;
  }
}

// In user and kernel mode, which come 11th and 12th after the name in brackets, in hundredths of a second.
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function printedUrl(stdout) {
  const lines = createInterface({ input: stdout });
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      const match = /http:\/\/\S+/.exec(line);
      if (match) resolve(match[0]);
    });
  });
}

function tooLate(mode) {
  return new Promise((resolve, reject) => {
    const error = new Error(`the ${mode} shop did not print its address`);
    setTimeout(reject, START_TIMEOUT_MS, error).unref();
  });
}
