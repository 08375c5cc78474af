/** Turns the outcome of a call into a text, in which all that is to be the same is the same. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';

import { Arguments } from './arguments';
import { type Call, nextCall } from './calls';

/** What is to be compared of a call: what it was, and the text of its outcome. */
export type CallRecord = readonly [title: string, outcome: string];

const LONG = 120;
// How often the whole directory is compared.
const CALLS_PER_LOOK = 40;
// What is another number each time.
const VARYING = new Set(['dev', 'ino', 'blocks', 'bfree', 'bavail', 'ffree', 'files']);

/** Makes the calls of a sequence, in a directory of its own. */
export function runSequence(seed: number, count: number, directory: string): CallRecord[] {
  furnish(directory);
  const given = new Arguments(seed, directory);
  const records: CallRecord[] = [];
  for (let index = 0; index < count; index++) {
    const call = nextCall(given);
    records.push([
      `${seed}/${index} ${call.name}(${call.args.map((arg) => text(arg, given)).join(', ')})`,
      outcomeOf(call, given),
    ]);
    if (index % CALLS_PER_LOOK === 0) records.push([`${seed}/${index} afterwards`, look(directory, given)]);
  }
  for (const fd of given.fds) fs.closeSync(fd);
  return records;
}

function furnish(directory: string): void {
  const at = (name: string): string => path.join(directory, name);
  fs.mkdirSync(at('dir/sub/deep'), { recursive: true });
  fs.writeFileSync(at('file'), 'some text, späß €\n');
  fs.writeFileSync(at('empty'), '');
  fs.writeFileSync(at('big'), Buffer.alloc(300_000, 'big '));
  fs.writeFileSync(at('dir/inner'), 'inner');
  fs.writeFileSync(at('späß'), 'späß');
  fs.symlinkSync('file', at('link'));
  fs.symlinkSync('dir', at('dir-link'));
  fs.symlinkSync('missing', at('dangling'));
  fs.symlinkSync('loop', at('loop'));
  execFileSync('mkfifo', [`${directory}-fifo`]);
  for (const name of ['file', 'empty', 'big', 'dir/inner', 'dir', 'späß']) fs.utimesSync(at(name), 1e9, 1e9);
}

function outcomeOf(call: Call, given: Arguments): string {
  try {
    const result = call.make();
    const shown = call.name === 'openSync' ? 'a descriptor' : text(result, given);
    return `returns ${shown}; ${call.args.map((arg) => (ArrayBuffer.isView(arg) ? text(arg, given) : '')).join()}`;
  } catch (error) {
    return `throws ${text(error, given)}`;
  }
}

function look(directory: string, given: Arguments): string {
  const names = fs.readdirSync(directory, { recursive: true }) as string[];
  return names
    .sort()
    .map((name) => {
      const file = path.join(directory, name);
      const stats = fs.lstatSync(file);
      const content = stats.isFile()
        ? digest(fs.readFileSync(file))
        : stats.isSymbolicLink()
          ? fs.readlinkSync(file)
          : '';
      return `${plain(name, given)} ${stats.mode.toString(8)} ${stats.uid} ${stats.gid} ${stats.nlink} ${content} ${timeText(stats.mtimeMs)}`;
    })
    .join('\n');
}

function text(value: unknown, given: Arguments, above: readonly unknown[] = []): string {
  if (typeof value === 'string')
    return plain(value.length > LONG ? `string of ${value.length} ${digest(value)}` : JSON.stringify(value), given);
  if (Buffer.isBuffer(value))
    return `Buffer ${value.length > LONG ? `of ${value.length} ${digest(value)}` : plain(value.toString('latin1'), given)}`;
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  if (above.includes(value)) return 'itself';
  const kind = `${Object.getPrototypeOf(value)?.constructor.name}${types.isNativeError(value) ? ' (error)' : ''}`;
  if (ArrayBuffer.isView(value))
    return `${kind} ${digest(Buffer.from(value.buffer, value.byteOffset, value.byteLength))}`;
  const properties = Reflect.ownKeys(value).map((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)!;
    const attributes = [descriptor.writable, descriptor.enumerable, descriptor.configurable].map(Number).join('');
    return ` ${String(key)} ${attributes} ${propertyText(key, Reflect.get(value, key), given, [...above, value])}`;
  });
  return [kind, ...properties].join('\n').replaceAll('\n', '\n ');
}

function propertyText(key: string | symbol, value: unknown, given: Arguments, above: readonly unknown[]): string {
  if (typeof key === 'string' && VARYING.has(key)) return typeof value;
  if (typeof key === 'string' && /time(Ms|Ns)?$/.test(key)) return timeText(value);
  if (typeof key === 'symbol' && key.description!.endsWith('timeNs')) return typeof value;
  if (key === 'stack') return plain(ownFrames(String(value)), given);
  return text(value, given, above);
}

// A time that was set is to be the same, one that is a matter of when this ran is not.
function timeText(value: unknown): string {
  const time = value instanceof Date ? value.getTime() : Number(value);
  return Number.isNaN(time) || time < 1.6e12 ? `${typeof value} ${time}` : `a late ${typeof value}`;
}

// Where an error was made, from within Node up to the call.
function ownFrames(stack: string): string {
  const [message, ...frames] = stack.split(/\n {4}at /);
  const end = frames.findIndex((frame) => frame.includes('calls.js') || frame.includes('entriesOf'));
  return [message, ...frames.slice(0, end === -1 ? frames.length : end + 1)].join('\n  ');
}

function plain(shown: string, { directory }: Arguments): string {
  return shown
    .replaceAll(directory, 'DIRECTORY')
    .replace(/tmp-\w{6}/g, (made) => (made.endsWith('XXXXXX') ? made : 'tmp-RANDOM'));
}

function digest(value: string | Buffer): string {
  return createHash('sha1').update(value).digest('hex').slice(0, 12);
}
