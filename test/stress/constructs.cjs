// The places inside V8 in which a greenlet can be suspended: builtins and language constructs that call back into
// JavaScript with state of their own on the stack. Each is a function of (pause, random, check): it calls `pause()` where a
// switch may happen, and checks afterwards that the result and every local are what they would be without one.

'use strict';

function sortArray(pause, random, check) {
  const numbers = Array.from({ length: 3 + random(40) }, () => random(1000));
  const sum = numbers.reduce((total, number) => total + number, 0);
  numbers.sort((a, b) => {
    if (random(30) === 0) pause();
    return a - b;
  });
  check(
    numbers.every((number, index) => index === 0 || numbers[index - 1] <= number),
    'sort: in order',
  );
  check(numbers.reduce((total, number) => total + number, 0) === sum, 'sort: same elements');
}

function sortTypedArray(pause, random, check) {
  const numbers = Float64Array.from({ length: 10 }, () => random(1000) + 0.5);
  numbers.sort((a, b) => {
    if (random(10) === 0) pause();
    return b - a;
  });
  check(
    numbers.every((number, index) => index === 0 || numbers[index - 1] >= number),
    'typed array sort: in order',
  );
}

function replaceString(pause, random, check) {
  const text = `${'x'.repeat(random(10))}${random(1e6)}-${'z'.repeat(5)}${random(1e6)}`;
  let visited = 0;
  const result = text.replace(/x+|(\d+)|z/g, (match, digits, offset) => {
    visited++;
    check(text.startsWith(match, offset), 'replace: the match is where it says');
    if (random(4) === 0) pause();
    return `<${match}>`;
  });
  check(result.replace(/[<>]/g, '') === text, 'replace: nothing lost');
  check(result.length === text.length + 2 * visited, 'replace: every match replaced');
}

function toAndFromJson(pause, random, check) {
  const id = random(1e9);
  const value = {
    id,
    list: [1, { deep: 'text' }, null],
    made: {
      toJSON() {
        pause();
        return { id };
      },
    },
  };
  const text = JSON.stringify(value, (key, part) => {
    if (random(12) === 0) pause();
    return part;
  });
  check(text === `{"id":${id},"list":[1,{"deep":"text"},null],"made":{"id":${id}}}`, 'JSON.stringify: text');
  const parsed = JSON.parse(text, (key, part) => {
    if (random(12) === 0) pause();
    return part;
  });
  check(parsed.id === id && parsed.made.id === id && parsed.list[1].deep === 'text', 'JSON.parse: value');
}

function iterateCollections(pause, random, check) {
  const base = random(1e6);
  const map = new Map(Array.from({ length: 6 }, (_, index) => [`key${index}`, base + index]));
  let visited = 0;
  map.forEach((value, key, self) => {
    if (random(3) === 0) pause();
    // A growing table is rehashed under the iteration.
    if (visited === 2) for (let index = 0; index < 20; index++) map.set(index, base);
    if (typeof key === 'string') check(value === base + Number(key.slice(3)), 'Map forEach: value of the key');
    check(self === map, 'Map forEach: the map itself');
    visited++;
  });
  check(visited === 26, 'Map forEach: sees what was added');
  const seen = [];
  new Set([base, 'b', 'c']).forEach((value) => {
    pause();
    seen.push(value);
  });
  check(seen.join() === `${base},b,c`, 'Set forEach: order');
}

function readAccessors(pause, random, check) {
  const key = `value${random(100)}`;
  const object = {
    get [key]() {
      pause();
      return key;
    },
    set stored(value) {
      pause();
      this.kept = value;
    },
    [Symbol.toPrimitive](hint) {
      pause();
      return hint === 'number' ? 41.5 : key;
    },
  };
  check(object[key] === key, 'getter: value');
  object.stored = key;
  check(object.kept === key, 'setter: value');
  check(+object + 1 === 42.5 && `${object}` === key, 'toPrimitive: value');
}

function trapProxies(pause, random, check) {
  const secret = random(1e6);
  const proxy = new Proxy(function target() {}, {
    get: (target, name) => (pause(), name === 'secret' ? secret : Reflect.get(target, name)),
    has: (target, name) => (pause(), name === 'secret'),
    ownKeys: (target) => (pause(), Reflect.ownKeys(target)),
    apply: (target, self, args) => (pause(), args[0] + secret),
    construct: (target, args) => (pause(), { made: args[0] }),
  });
  check(proxy.secret === secret && 'secret' in proxy && !('other' in proxy), 'proxy: get and has');
  check(Object.keys(proxy).length === 0, 'proxy: ownKeys');
  check(proxy(1) === secret + 1 && new proxy(secret).made === secret, 'proxy: apply and construct');
}

function runGenerators(pause, random, check) {
  const base = random(1e6);
  let closed = false;
  function* inner() {
    for (let index = 0; index < 3; index++) {
      pause();
      yield base + index;
    }
  }
  function* outer() {
    try {
      yield* inner();
      yield -1;
    } finally {
      pause();
      closed = true;
    }
  }
  const [first, second, ...rest] = outer();
  check(first === base && second === base + 1 && rest.join() === `${base + 2},-1`, 'generator: values');
  closed = false;
  for (const value of outer()) {
    pause();
    if (value === base + 1) break;
  }
  check(closed, 'generator: closed by break');
}

function constructClasses(pause, random, check) {
  const mark = random(1e6);
  class Base {
    #hidden = (pause(), mark);
    constructor() {
      pause();
      this.target = new.target;
    }
    get hidden() {
      return this.#hidden;
    }
  }
  class Derived extends Base {
    field = (pause(), mark + 1);
    constructor(...args) {
      pause();
      super(...args);
      this.args = args;
    }
  }
  const made = random(2) ? new Derived(mark, 'b') : Reflect.construct(Derived, [mark, 'b']);
  check(made instanceof Derived && made.target === Derived, 'class: new.target');
  check(made.hidden === mark && made.field === mark + 1 && made.args.join() === `${mark},b`, 'class: fields');
}

function keepNumbers(pause, random, check) {
  // Doubles and BigInts of optimised code live in registers and spill slots.
  let double = random(1000) / 7;
  let big = BigInt(random(1e9)) << 70n;
  const [double0, big0] = [double, big];
  for (let index = 1; index <= 20; index++) {
    double += index * 0.5;
    big += BigInt(index);
    if (random(20) === 0) pause();
  }
  check(Math.abs(double - double0 - 105) < 1e-9, 'double: value');
  check(big - big0 === 210n, 'BigInt: value');
}

function compileCode(pause, random, check) {
  const number = random(1e9);
  const made = new Function('pause', 'value', `const local = value + ${number}; pause(); return () => local;`);
  check(made(pause, 1)() === number + 1, 'new Function: closure');
}

function mapArrays(pause, random, check) {
  const base = random(1000);
  const mapped = Array.from({ length: 5 }, (_, index) => (pause(), base + index))
    .map((value) => (random(3) === 0 && pause(), value * 2))
    .filter((value) => (random(3) === 0 && pause(), value !== base * 2));
  check(mapped.length === 4 && mapped[3] === (base + 4) * 2, 'Array: from, map, filter');
  check(Math.max.apply(null, mapped) === mapped[3], 'apply: result');
}

module.exports = {
  constructs: [
    sortArray,
    sortTypedArray,
    replaceString,
    toAndFromJson,
    iterateCollections,
    readAccessors,
    trapProxies,
    runGenerators,
    constructClasses,
    keepNumbers,
    compileCode,
    mapArrays,
  ],
};
