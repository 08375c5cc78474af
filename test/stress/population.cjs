// Greenlets that switch to each other at random, create each other, throw into each other and end, while inside recursion,
// try/finally and everything in constructs.cjs. Whatever is sent names its receiver, so a value or an error that surfaces
// in the wrong greenlet is seen at once.

'use strict';

const { inspect } = require('node:util');
const { constructs } = require('./constructs.cjs');

class Message {
  constructor(to) {
    this.to = to;
  }
}

class SentError extends Error {
  constructor(to) {
    super('sent by the stress program');
    this.to = to;
  }
}

function nearestLiveAncestor(greenlet) {
  let ancestor = greenlet.parent;
  while (ancestor.dead) ancestor = ancestor.parent;
  return ancestor;
}

function overflow(depth) {
  return overflow(depth + 1) + 1;
}

class Population {
  #unblock;
  #program;
  #random;
  #check;
  #limit;
  #live = [];
  #switchesLeft = 0;
  #ending = false;
  created = 0;
  finished = 0;
  thrown = 0;
  traced = 0;

  constructor(unblock, program, limit) {
    this.#unblock = unblock;
    this.#program = program;
    this.#random = program.random;
    this.#check = (holds, claim) => program.check(holds, claim);
    this.#limit = limit;
  }

  /** From the main greenlet: `switches` switches among all. */
  run(switches) {
    this.#switchesLeft = switches;
    while (this.#switchesLeft > 0) {
      if (this.#live.length < this.#limit) this.#create();
      this.#fromMain(() => this.#pause());
    }
  }

  /** Resumes every greenlet and lets it run to its end without another switch. */
  finishAll() {
    this.#ending = true;
    for (const greenlet of this.#live) {
      while (!greenlet.dead) this.#fromMain(() => this.#pass(greenlet));
      this.#check(
        greenlet.stack === undefined && inspect(greenlet).includes('dead'),
        'a finished greenlet says it is dead',
      );
    }
    this.#live.length = 0;
  }

  /** As a callback for setTrace. */
  trace(event, origin, target) {
    this.traced++;
    this.#check(event === 'switch' || event === 'throw', 'trace: event');
    this.#check(target === this.#unblock.getCurrent(), 'trace: runs in the target');
    this.#check(origin !== undefined && !target.dead, 'trace: origin and target');
  }

  #fromMain(action) {
    try {
      action();
    } catch (error) {
      if (!(error instanceof SentError)) this.#program.unexpected(error, 'in the main greenlet');
    }
  }

  #create() {
    const { RawGreenlet, getMain, getCurrent } = this.#unblock;
    const parent = this.#random(2) ? getMain() : getCurrent();
    const population = this;
    class Member extends RawGreenlet {
      run(message) {
        population.#check(this === getCurrent(), 'run: this is the greenlet');
        return population.#body(message);
      }
    }
    const greenlet = this.#random(4)
      ? new RawGreenlet((message) => this.#body(message), parent)
      : new Member(undefined, parent);
    this.#live.push(greenlet);
    this.created++;
  }

  #pick() {
    const { getMain } = this.#unblock;
    while (this.#live.length > 0 && this.#switchesLeft > 0 && this.#random(8) > 0) {
      const index = this.#random(this.#live.length);
      const greenlet = this.#live[index];
      if (!greenlet.dead) return greenlet;
      this.#live[index] = this.#live.at(-1);
      this.#live.pop();
    }
    return getMain();
  }

  /** The one place where a greenlet of the scenario is left. */
  #pause() {
    if (this.#ending) return;
    this.#switchesLeft--;
    this.#program.collectSometimes();
    if (this.#random(10) === 0 && this.#live.length < this.#limit) this.#create();
    const target = this.#pick();
    if (this.#random(500) === 0) this.#lookAt(target);
    const dice = this.#random(300);
    this.#pass(target, target === this.#unblock.getMain() ? undefined : { throws: dice === 0, kills: dice === 1 });
  }

  #pass(target, { throws = false, kills = false } = {}) {
    const { getCurrent, GreenletExit } = this.#unblock;
    const me = getCurrent();
    let received;
    try {
      if (throws || kills) this.thrown++;
      if (throws) received = target.throw(new SentError(target.active ? target : nearestLiveAncestor(target)));
      else if (kills) received = target.throw();
      else received = target.switch(new Message(target));
    } catch (error) {
      if (error instanceof SentError) this.#check(error.to === me, 'an error arrives where it was sent');
      else if (!(error instanceof GreenletExit)) this.#program.unexpected(error, 'at a switch');
      throw error;
    } finally {
      this.#check(getCurrent() === me, 'current is again what it was');
    }
    const arrived = received instanceof Message ? received.to === me : received instanceof GreenletExit;
    this.#check(arrived, 'a value arrives where it was sent');
  }

  #lookAt(greenlet) {
    const current = greenlet === this.#unblock.getCurrent();
    const suspended = greenlet.active && !current;
    this.#check((typeof greenlet.stack === 'string') === suspended, 'stack: text when suspended');
    const state = current ? 'current' : suspended ? 'suspended' : 'pending';
    this.#check(inspect(greenlet).includes(state), `inspect: ${state}`);
  }

  #body(message) {
    const { getCurrent, GreenletExit } = this.#unblock;
    const me = getCurrent();
    this.#check(message instanceof Message && message.to === me, 'the first switch passes its argument to run');
    const pause = () => this.#pause();
    const turns = 1 + this.#random(10);
    for (let turn = 0; turn < turns; turn++) {
      const locals = { me, turn };
      try {
        this.#recurse(me, this.#random(60));
        const construct = constructs[this.#random(constructs.length)];
        construct(pause, this.#random, this.#check);
        if (this.#random(1000) === 0) this.#overflow();
      } catch (error) {
        if (error instanceof GreenletExit) throw error;
        if (!(error instanceof SentError)) this.#program.unexpected(error, 'in a greenlet');
        else this.#check(error.to === me, 'an error is caught where it was sent');
      }
      this.#check(locals.me === me && locals.turn === turn && getCurrent() === me, 'locals of the body');
    }
    this.finished++;
    const receiver = nearestLiveAncestor(me);
    if (this.#random(20) === 0) throw new SentError(receiver);
    return new Message(receiver);
  }

  #recurse(me, depth) {
    const locals = [depth, me];
    const half = depth / 2;
    try {
      if (depth === 0) {
        this.#pause();
        return 0;
      }
      const below = this.#recurse(me, depth - 1);
      if (this.#random(50) === 0) throw new SentError(me);
      return below + 1;
    } catch (error) {
      this.#check(locals[1] === me, 'locals in catch');
      if (!(error instanceof SentError) || this.#random(2)) throw error;
      return 0;
    } finally {
      if (this.#random(60) === 0) this.#pause();
      this.#check(locals[0] === depth && locals[1] === me && half * 2 === depth, 'locals in finally');
    }
  }

  #overflow() {
    try {
      overflow(0);
      this.#check(false, 'endless recursion ends');
    } catch (error) {
      this.#check(error instanceof RangeError, 'endless recursion throws a RangeError');
    }
  }
}

module.exports = { Population };
