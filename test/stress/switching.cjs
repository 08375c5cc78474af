// Hundreds of greenlets switching at random; see population.cjs. The process ends with some of them suspended.

'use strict';

const unblock = require('../../dist/src/index.js');
const { Population } = require('./population.cjs');
const { Program } = require('./program.cjs');

const greenletLimit = 300;
const suspendedAtExit = 20;

const program = Program.start('switching', 200_000);
const population = new Population(unblock, program, greenletLimit);

const third = Math.ceil(program.rounds / 3);
population.run(third);
unblock.setTrace((event, origin, target) => population.trace(event, origin, target));
population.run(third);
unblock.setTrace(undefined);
population.run(third);
population.finishAll();
program.check(population.traced >= third, 'every switch is traced');

for (let index = 0; index < suspendedAtExit; index++) {
  new unblock.RawGreenlet(() => unblock.getMain().switch()).switch();
}

program.finish({
  switches: 3 * third,
  created: population.created,
  finished: population.finished,
  thrown: population.thrown,
});
