import { Greenlet, killAll, Queue, spawn } from 'unblock';

/**
 * A greenlet that keeps others running: a child that fails is started again, one that ends well is not. If that happens too
 * often the supervisor fails itself, which its own supervisor sees to in the same way; and when it ends, in whatever way, no
 * child of its outlives it.
 */
export class Supervisor extends Greenlet {
  #specs;
  #restarts;
  #log;

  /**
   * @param name for the log
   * @param specs what to run, by name: functions, each of which returns a started greenlet
   * @param restarts how many failures are one too many
   * @param log is told what happens
   */
  constructor(name, specs, { restarts, log }) {
    super();
    this.name = name;
    this.#specs = specs;
    this.#restarts = restarts;
    this.#log = log;
  }

  _run() {
    const children = new Map();
    const ended = new Queue();
    const start = (name) => {
      const child = this.#specs[name]();
      children.set(name, child);
      child.rawLink(() => ended.put(name));
    };
    try {
      Object.keys(this.#specs).forEach(start);
      for (let failures = 0; children.size > 0;) {
        const name = ended.get();
        const child = children.get(name);
        if (child.successful()) {
          this.#log(`${this.name}: ${name} is done`);
          children.delete(name);
          continue;
        }
        this.#log(`${this.name}: ${name} failed: ${child.exception.message}`);
        if (++failures === this.#restarts) throw new Error(`${name} failed ${failures} times`);
        start(name);
      }
    } finally {
      killAll(children.values());
    }
  }
}

/** A child that is a function. */
export const worker = (run) => () => spawn(run);

/** A child that is a supervisor. */
export const branch = (name, specs, options) => () => Supervisor.spawn(name, specs, options);
