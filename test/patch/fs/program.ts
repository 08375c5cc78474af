/** Programs that try fs, each in a directory of its own. */
import { expect } from 'chai';
import path from 'node:path';

import { spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';

/** Has every call wait for a thread. */
export const NOTHING_CACHED = ['-r', path.join(__dirname, 'nothing-cached.js')];

const prelude = `
  const fs = require('node:fs');
  const { execFileSync, spawn: spawnChild } = require('node:child_process');
  const { critical, getHub, joinAll, killAll, setTrace, sleep, spawn, Timeout } = require('unblock');
  const print = (value) => console.log(JSON.stringify(value));
  const openDescriptors = () => fs.readdirSync('/proc/self/fd').map((fd) => {
    try { return fd + ' ' + fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; }
  }).filter((entry) => entry !== '');
  const tick = () => { turns++; ticking = setImmediate(tick); };
  let turns = 0;
  let ticking;
`;

/** Runs a program that prints one line of JSON, and returns what it has printed. */
export async function printed(program: string, options: SpawnSourceOptions = {}): Promise<unknown> {
  const { code, stdout, stderr } = await spawnSource(prelude + program, { loader: true, ...options });
  expect({ code, stderr }, stdout).to.deep.equal({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}
