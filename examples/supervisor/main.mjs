// A tree of workers: a job that fails now and then is tried again, and when a whole branch gives up it is started anew.
//
//   root
//   ├─ clock                    ends well
//   └─ mail                     fails as a whole, once
//      ├─ reader                waits for mail, and is killed with its branch
//      └─ sender                has no luck with the first three connections
import { Event, setErrorStream, sleep, spawn } from 'unblock';

import { branch, Supervisor, worker } from './supervisor.mjs';

const log = (line) => console.log(line);
let connections = 0;

function clock() {
  for (let tick = 0; tick < 3; tick++) sleep(0);
}

function reader(done) {
  try {
    log('  reader waits for mail');
    done.wait();
  } finally {
    log('  reader goes');
  }
}

function sender(done) {
  sleep(1);
  if (++connections <= 3) throw new Error(`connection ${connections} was refused`);
  log(`  sender has sent its mail over connection ${connections}`);
  done.set();
}

function mail() {
  const done = new Event();
  const specs = { reader: worker(() => reader(done)), sender: worker(() => sender(done)) };
  return branch('mail', specs, { restarts: 2, log })();
}

// The supervisors tell what fails.
setErrorStream(null);
spawn(() => {
  const root = Supervisor.spawn('root', { clock: worker(clock), mail }, { restarts: 3, log });
  root.get();
  log('all is done');
});
