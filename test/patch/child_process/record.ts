import child_process from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { types } from 'node:util';

import { allCalls, type Call } from './calls';

/** What is to be compared of a call: its title, and the text of its outcome. */
export type CallRecord = readonly [title: string, outcome: string];

const LONG = 200;

/** Makes a call and puts all of its outcome into a text: every own property, in order, with its attributes. */
export function record(call: Call): CallRecord {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-calls-'));
  const run = child_process[call.name] as (...args: unknown[]) => unknown;
  const args = call.args(directory);
  let outcome: string;
  try {
    outcome = `returns ${text(run(...args), [])}`;
  } catch (error) {
    outcome = `throws ${text(error, [])}`;
  }
  if (call.after !== undefined) outcome += `\nafterwards ${text(call.after(directory), [])}`;
  fs.rmSync(directory, { recursive: true });
  return [call.title, outcome.replaceAll(directory, 'DIRECTORY')];
}

/** The calls that the test has asked for: those of certain titles, or all. */
export function wantedCalls(): Call[] {
  const titles = process.argv.slice(3);
  return titles.length === 0 ? allCalls() : allCalls().filter(({ title }) => titles.includes(title));
}

/** Hands the records to the test. */
export function deliver(records: readonly CallRecord[]): void {
  fs.writeFileSync(process.argv[2]!, JSON.stringify(records));
}

function text(value: unknown, above: readonly unknown[]): string {
  if (typeof value === 'string')
    return value.length > LONG ? `string of ${value.length}, ${digest(value)}` : JSON.stringify(value);
  if (Buffer.isBuffer(value)) return bufferText(value);
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  if (above.includes(value)) return 'itself';
  const kind = `${Object.getPrototypeOf(value)?.constructor.name}${types.isNativeError(value) ? ' (error)' : ''}`;
  const properties = Reflect.ownKeys(value).map((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)!;
    const attributes = ['writable', 'enumerable', 'configurable'].map((each) =>
      Reflect.get(descriptor, each) ? each[0] : '-',
    );
    return `  ${String(key)} [${attributes.join('')}] ${propertyText(key, Reflect.get(value, key), [...above, value])}`;
  });
  return [kind, ...properties].join('\n').replaceAll('\n', '\n  ');
}

function propertyText(key: string | symbol, value: unknown, above: readonly unknown[]): string {
  if (key === 'stack') return text(String(value).split('\n    at ')[0], above);
  if (key === 'pid' && typeof value === 'number' && value > 0)
    return isRunning(value) ? 'a process' : 'a process that was';
  return text(value, above);
}

// A program can see whether it has the memory for itself.
function bufferText(value: Buffer): string {
  const owns = value.byteOffset === 0 && value.buffer.byteLength === value.length;
  const shown = value.length > LONG ? digest(value) : value.toString('hex');
  return `Buffer of ${value.length}${owns ? ' with its own memory' : ''}, ${shown}`;
}

function digest(value: string | Buffer): string {
  return createHash('sha1').update(value).digest('hex');
}

// A child that was not reaped would be found.
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
