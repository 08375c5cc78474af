/**
 * The timeline of all greenlets: a subscriber to what they do, which writes it down for chrome://tracing and
 * ui.perfetto.dev. A greenlet has a row as long as it lives: a slice for its life, and above that slices for each time in
 * which it runs, is ready to, or waits, named by what it waits for. One that has ended leaves its row to the next.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { clock } from '../clock';
import { labelOf, nameOf } from '../greenlets/greenlet-name';
import { getHub } from '../hub/hub';
import {
  blockChannel,
  deathChannel,
  type GreenletMessage,
  readyChannel,
  spawnChannel,
  type SpawnMessage,
  switchChannel,
  type SwitchMessage,
} from '../switching/channels';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { captureFrames, linesOf } from '../switching/stack-trace';
import { readSuspendedCall, type SuspendedCall } from './suspended-call';
import type { TraceFile } from './trace-file';

/** Frames of a wait: enough for ours and the program's innermost. */
const FRAME_LIMIT = 24;
const COLOURS = { running: 'thread_state_running', ready: 'thread_state_runnable', waiting: 'thread_state_sleeping' };
const ROW_OF_HUB = 0;

/** What is known of one greenlet, without holding it. Times are nanoseconds. */
interface Life {
  readonly row: number;
  readonly name: string;
  readonly begin: number;
  state: keyof typeof COLOURS;
  /** Since when it is in that state. */
  since: number;
  /** Where it waits, or is about to; undefined for one that has switched away by itself. */
  wait: SuspendedCall | undefined;
  /** Whether somebody has told it to go on before it has left. */
  isWoken: boolean;
  /** The arrow that ends where it runs next. */
  arrow: { readonly id: number; readonly name: string } | undefined;
}

const hub = getHub();

/** What is written to one file. */
export class Timeline {
  readonly #file: TraceFile;
  readonly #lives = new WeakMap<RawGreenlet, Life>();
  readonly #unfinished = new Set<Life>();
  readonly #freeRows: number[] = [];
  #rows = 0;
  #arrows = 0;
  readonly #listeners: ReadonlyArray<readonly [channel: string | symbol, listener: (message: unknown) => void]> = [
    [spawnChannel.name, (message) => this.#onSpawn(message as SpawnMessage)],
    [switchChannel.name, (message) => this.#onSwitch(message as SwitchMessage)],
    [blockChannel.name, (message) => this.#onBlock(message as GreenletMessage)],
    [readyChannel.name, (message) => this.#onReady(message as GreenletMessage)],
    [deathChannel.name, (message) => this.#onDeath(message as GreenletMessage)],
  ];

  /** Begins it. */
  constructor(file: TraceFile, program: string) {
    this.#file = file;
    this.#file.add({ ph: 'M', pid: process.pid, name: 'process_name', args: { name: program } });
    const now = nanoseconds();
    this.#lifeOf(hub.greenlet, now).state = 'waiting';
    this.#lifeOf(getCurrent(), now).state = 'running';
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener);
  }

  /** Writes what is under way, and ends the file. */
  end(): void {
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener);
    const now = nanoseconds();
    for (const life of this.#unfinished) this.#finish(life, now);
    this.#file.close();
  }

  #onSpawn({ greenlet, spawner, delay }: SpawnMessage): void {
    const now = nanoseconds();
    const life = this.#lifeOf(greenlet, now);
    if (delay > 0) {
      life.state = 'waiting';
      life.wait = { call: 'spawnLater', stack: '' };
    }
    this.#drawArrow('spawn', spawner, life, now);
  }

  #onSwitch({ origin, target }: SwitchMessage): void {
    if (origin === target) return;
    const now = nanoseconds();
    const left = this.#lifeOf(origin, now);
    this.#change(left, left.isWoken ? 'ready' : 'waiting', now);
    left.isWoken = false;
    if (origin.dead) this.#bury(origin, left, now);
    const entered = this.#lifeOf(target, now);
    this.#change(entered, 'running', now);
    entered.wait = undefined;
    if (entered.arrow === undefined) return;
    this.#add({ ph: 'f', bp: 'e', ...entered.arrow, cat: 'flow' }, entered.row, now);
    entered.arrow = undefined;
  }

  #onBlock({ greenlet }: GreenletMessage): void {
    this.#lifeOf(greenlet, nanoseconds()).wait = readSuspendedCall(linesOf(captureFrames(FRAME_LIMIT)));
  }

  #onReady({ greenlet }: GreenletMessage): void {
    const now = nanoseconds();
    const life = this.#lifeOf(greenlet, now);
    const waker = getCurrent();
    if (greenlet === waker) {
      life.isWoken = true;
      return;
    }
    if (life.state === 'waiting') this.#change(life, 'ready', now);
    this.#drawArrow('wake', waker, life, now);
  }

  #onDeath({ greenlet }: GreenletMessage): void {
    // The others have ended by a switch.
    const life = this.#lives.get(greenlet);
    if (life !== undefined) this.#bury(greenlet, life, nanoseconds());
  }

  #bury(greenlet: RawGreenlet, life: Life, now: number): void {
    this.#finish(life, now);
    this.#unfinished.delete(life);
    this.#lives.delete(greenlet);
    this.#freeRows.push(life.row);
  }

  #lifeOf(greenlet: RawGreenlet, now: number): Life {
    const known = this.#lives.get(greenlet);
    if (known !== undefined) return known;
    const row = this.#freeRows.pop() ?? this.#addRow();
    const label = labelOf(greenlet);
    const name = `${nameOf(greenlet)}${label === undefined ? '' : ` ${label}`}`;
    const life: Life = {
      ...{ row, name, begin: now, state: 'ready', since: now },
      ...{ wait: undefined, isWoken: false, arrow: undefined },
    };
    this.#lives.set(greenlet, life);
    this.#unfinished.add(life);
    return life;
  }

  #addRow(): number {
    const row = this.#rows++;
    const name = row === ROW_OF_HUB ? 'hub' : `greenlets ${row}`;
    this.#file.add({ ph: 'M', pid: process.pid, tid: row, name: 'thread_name', args: { name } });
    this.#file.add({ ph: 'M', pid: process.pid, tid: row, name: 'thread_sort_index', args: { sort_index: row } });
    return row;
  }

  // Of those that only the loop sends, there would be one at nearly every slice.
  #drawArrow(name: string, from: RawGreenlet, to: Life, now: number): void {
    if (from === hub.greenlet || to.arrow !== undefined) return;
    to.arrow = { id: ++this.#arrows, name };
    this.#add({ ph: 's', ...to.arrow, cat: 'flow' }, this.#lifeOf(from, now).row, now);
  }

  #change(life: Life, state: Life['state'], now: number): void {
    this.#addState(life, now);
    life.state = state;
    life.since = now;
  }

  #finish(life: Life, now: number): void {
    this.#addState(life, now);
    if (life.row !== ROW_OF_HUB) this.#addSlice(life, life.begin, now, { name: life.name, cat: 'greenlet' });
  }

  #addState(life: Life, now: number): void {
    const { row, state, since, wait } = life;
    // While greenlets run the hub waits for nothing else.
    if (row === ROW_OF_HUB && state !== 'running') return;
    const name = row === ROW_OF_HUB ? 'event loop' : state === 'waiting' ? (wait?.call ?? 'switch') : state;
    const at = state === 'waiting' && wait?.stack.split('\n')[0]?.trim();
    this.#addSlice(life, since, now, { name, cat: state, cname: COLOURS[state], ...(at && { args: { at } }) });
  }

  #addSlice({ row }: Life, begin: number, end: number, slice: object): void {
    if (end > begin) this.#add({ ph: 'X', ...slice, dur: (end - begin) / 1000 }, row, begin);
  }

  #add(event: object, row: number, time: number): void {
    this.#file.add({ ...event, pid: process.pid, tid: row, ts: time / 1000 });
  }
}

function nanoseconds(): number {
  return Math.round(clock.now() * 1e6);
}
