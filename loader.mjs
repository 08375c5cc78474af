// node --import unblock/loader app.js: the program's blocking calls suspend a greenlet instead of the process.
// node --import 'unblock/loader?fs=off' app.js: all but those of fs.
import { createRequire } from 'node:module';

const { start } = createRequire(import.meta.url)('./dist/src/start/pack.js');
start(new URL(import.meta.url).search);

// Node evaluates the program in the microtask drain that is running at this moment, on the loop's own stack, where
// nothing can block. From the next turn of the loop on, drains are ours.
await new Promise((resolve) => setImmediate(resolve));
