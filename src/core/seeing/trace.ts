/** The timeline that the configuration asks for (`trace`). */
import { basename } from 'node:path';

import { config, onConfig } from '../config';
import { ConfigError } from '../errors';
import { later } from '../hub/later';
import { node } from '../node';
import { kOnHub } from '../symbols';
import { isMainThread, threadId } from '../thread';
import type { TraceFile } from './trace-file';

const timelines = later<typeof import('./timeline')>(require, './timeline');
const traceFiles = later<typeof import('./trace-file')>(require, './trace-file');

/** How many milliseconds of a timeline a process may lose that is killed, as servers are. */
const FLUSH_PERIOD = 1000;

let path: string | undefined;

/** Begins the timeline if one is wanted, now or when it is set. */
export function followTrace(): void {
  begin();
  onConfig(['trace'], begin);
}

function begin(): void {
  if (path !== undefined)
    throw new ConfigError(`The option trace cannot be set: a timeline is being written to ${path}`);
  const pattern = config.trace;
  // Two threads would write over each other.
  if (pattern === undefined || (!isMainThread && !pattern.includes('{thread}'))) return;
  const named = pattern.replaceAll('{pid}', String(process.pid)).replaceAll('{thread}', String(threadId));
  const { Timeline } = timelines();
  const file = openFile(named);
  const timeline = new Timeline(file, basename(process.argv[1] ?? process.title));
  path = named;
  flushFromNowOn(file);
  process.on('exit', () => timeline.end());
}

function flushFromNowOn(file: TraceFile): void {
  const flush = (): void => {
    file.flush();
    set();
  };
  flush[kOnHub] = true;
  const set = (): void => void node.setTimeout(flush, FLUSH_PERIOD).unref();
  set();
}

function openFile(name: string): TraceFile {
  try {
    const { TraceFile } = traceFiles();
    return new TraceFile(name);
  } catch (error) {
    throw new ConfigError(`The option trace must be the name of a file that can be written: ${String(error)}`);
  }
}
