// Queues, locks, events and pools at the hands of greenlets that wait, give up and are killed, against a model of each (see
// model-kinds.cjs): a few operations are begun at a time, all that can happen happens, and then the model is asked whether
// that can be.
//
//   node test/stress/model.cjs [scenarios] [seed]
//
// Scenario n of a run has the seed `seed + n`; a failure names it, and `node test/stress/model.cjs 1 <that seed>` repeats it, as
// far as timers allow.

'use strict';

const { binding } = require('../../dist/src/core/binding.js');
const { countDeadlines } = require('../../dist/src/core/waiting/deadlines.js');
const { Event, GreenletExit, idle, kill, killAll, setErrorStream, sleep, spawn } = require('../../dist/src/index.js');
const { kinds } = require('./model-kinds.cjs');
const { search } = require('./model-search.cjs');
const { createRandom, Program } = require('./program.cjs');

const batches = 25;
const objectsAtOnce = 3;
const mostWaiting = 6;
// In a greenlet, without a limit.
const MODES = ['plain', 'plain'];

const program = Program.start('model', 2_000);
let operationsDone = 0;

/** One operation on an object, in a greenlet of its own. */
class Operation {
  result = undefined;
  settled = false;
  wasKilled = false;
  /** Of one that holds something: who does, and what lets go. */
  holder = undefined;
  gate = new Event();

  constructor(id, name, argument, mode) {
    Object.assign(this, { id, name, argument, mode });
  }

  start(subject) {
    const options = { nowait: { block: false }, limited: { timeout: this.id % 3 } }[this.mode];
    const { run } = subject.kind.operations[this.name];
    const perform = () => {
      try {
        const value = run(subject.object, this.argument, options, this);
        this.result ??= `=${value}`;
      } catch (error) {
        this.result ??= `!${error.code}`;
        if (!(error instanceof GreenletExit) && error.code === undefined) program.unexpected(error, this.toString());
      }
    };
    // What cannot wait may also be done right here, between a kill and its delivery for instance.
    if (this.mode === 'at once') perform();
    else this.greenlet = spawn(() => (perform(), this.#linger(subject)));
  }

  // Somebody late might still come with a wake-up for a wait that is over.
  #linger(subject) {
    if (subject.kind.operations[this.name].holds || this.id % 2 === 0) return;
    try {
      sleep(1);
    } catch (error) {
      if (!(error instanceof GreenletExit)) program.unexpected(error, `seed ${subject.seed}: ${this} later`);
    }
  }

  /** Whether it will have a result in time, or has one and is about to end. */
  get isOnItsWay() {
    if (this.greenlet === undefined || this.greenlet.dead) return false;
    return this.result === undefined ? this.mode === 'limited' : this.holder === undefined;
  }

  /** Whether it holds what it has entered, and nobody has told it to let go. */
  get isHolding() {
    return this.result === '=in' && !this.holder.dead && !this.gate.isSet();
  }

  kill() {
    this.wasKilled = true;
    kill(this.greenlet);
  }

  toString() {
    const argument = this.argument === undefined ? '' : (this.argument.id ?? this.argument);
    const mode = this.mode === 'plain' ? '' : ` ${this.mode}`;
    return `${this.id}:${this.name}(${argument})${mode}${this.wasKilled ? ' killed' : ''} ${this.result ?? 'waits'}`;
  }
}

/** An object, the states that its model may be in, and what waits there. */
class Subject {
  waiting = [];
  batch = [];
  inside = [];
  history = [];

  constructor(kind, random, seed) {
    this.kind = kind;
    this.seed = seed;
    const { object, state } = kind.create(random);
    this.object = object;
    this.states = [state];
    this.history.push(JSON.stringify(state));
  }

  /** Begins something; false if there is nothing to begin. */
  begin(random, id) {
    const names = Object.entries(this.kind.operations).filter(([, each]) => this.#isPossible(each));
    const name = pick(random, names);
    if (name === undefined) return false;
    const { line, refused, late, makeArgument, needsHolder } = this.kind.operations[name];
    const modes = [...MODES];
    if (refused !== undefined) modes.push('nowait');
    if (late !== undefined) modes.push('limited');
    if (line === undefined) modes.push('at once', 'at once');
    const argument = needsHolder ? this.inside.splice(random(this.inside.length), 1)[0] : makeArgument?.(random, id);
    const operation = new Operation(id, name, argument, modes[random(modes.length)]);
    this.batch.push(operation);
    operation.start(this);
    return true;
  }

  #isPossible({ line, needsHolder }) {
    if (needsHolder) return this.inside.length > 0;
    return line === undefined || this.waiting.length + this.batch.length < mostWaiting;
  }

  killOne(random) {
    const victims = [...this.waiting, ...this.batch].filter(
      (each) => each.result === undefined && !each.wasKilled && this.kind.operations[each.name].line !== undefined,
    );
    victims[random(victims.length)]?.kill();
  }

  /** Compares what has happened with the model; whether that is possible. */
  judge() {
    const all = [...this.waiting, ...this.batch];
    for (const each of all) {
      // Killed before it began, it never ran.
      if (each.wasKilled && each.result === undefined && each.greenlet.dead) each.result = '!ERR_UNBLOCK_GREENLET_EXIT';
    }
    const view = this.kind.view(this.object);
    this.history.push(`${all.filter((each) => !each.settled || each.result).join(', ')} -> ${view}`);
    // A kill may have come when it held what it has entered.
    const deaths = all
      .filter((each) => each.wasKilled && each.result === '=in' && each.holder.dead)
      .map((each) => ({ ...new Operation(`${each.id}'`, 'die', each, 'plain'), result: '=undefined' }));
    this.states = search(this.kind, this.states, [...all, ...deaths], view);
    this.waiting = all.filter(({ result }) => result === undefined);
    for (const each of this.waiting) each.settled = true;
    const entered = all.filter(({ name }) => this.kind.operations[name].holds);
    this.inside = [...this.inside, ...entered].filter((each) => each.isHolding);
    this.batch = [];
    return this.states.length > 0;
  }

  get pending() {
    return [...this.waiting, ...this.batch].map(({ greenlet }) => greenlet);
  }
}

function pick(random, entries) {
  let rest = random(1000) * entries.reduce((sum, [, { weight }]) => sum + weight, 0) * 0.001;
  return entries.find(([, { weight }]) => (rest -= weight) < 0)?.[0];
}

/** Lets all that can happen happen. */
function settle(subjects) {
  idle();
  while (subjects.some(({ waiting, batch }) => [...waiting, ...batch].some((each) => each.isOnItsWay))) {
    sleep(1);
    idle();
  }
}

function runScenario(seed) {
  const random = createRandom(seed);
  const subjects = Array.from(
    { length: 1 + random(objectsAtOnce) },
    () => new Subject(kinds[random(kinds.length)], random, seed),
  );
  const before = binding.counts().active;
  let id = 0;
  for (let batch = 0; batch < batches; batch++) {
    for (let count = 1 + random(4); count > 0; count--) {
      const subject = subjects[random(subjects.length)];
      if (random(6) === 0) subject.killOne(random);
      else if (subject.begin(random, ++id)) operationsDone++;
      if (random(3) === 0) sleep(random(2));
    }
    settle(subjects);
    for (const subject of subjects) {
      if (subject.judge()) continue;
      program.check(false, `seed ${seed}: this ${subject.kind.name} cannot be:\n    ${subject.history.join('\n    ')}`);
      return;
    }
  }
  const holders = subjects.flatMap(({ inside }) => inside.map(({ holder }) => holder));
  killAll([...holders, ...subjects.flatMap(({ pending }) => pending)]);
  idle();
  program.check(binding.counts().active <= before, `seed ${seed}: greenlets are left`);
  program.check(countDeadlines() === 0, `seed ${seed}: deadlines are left`);
  for (const { object, kind } of subjects) {
    program.check((object.linkCount ?? 0) === 0, `seed ${seed}: a ${kind.name} is still linked`);
  }
}

// Errors are results here.
setErrorStream(null);
spawn(() => {
  for (let scenario = 0; scenario < program.rounds; scenario++) {
    runScenario(program.seed + scenario);
    program.collectSometimes();
    if (program.failures.length > 3) break;
  }
  program.finish({ operations: operationsDone });
});
