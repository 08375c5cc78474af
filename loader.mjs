// node --import unblock/loader app.js: the program's blocking calls suspend a greenlet instead of the process.
// node --import 'unblock/loader?fs=off' app.js: all but those of fs.
import Module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ours = fileURLToPath(new URL('dist/src/', import.meta.url));
const { _resolveFilename: resolveFilename } = Module;

// Our files ask for each other by where they lie. Node would look that up in a hundred places, at each start.
Module._resolveFilename = function (request, parent) {
  if (!request.startsWith('.') || !parent?.filename.startsWith(ours)) {
    return Reflect.apply(resolveFilename, this, arguments);
  }
  return `${path.join(path.dirname(parent.filename), request)}.js`;
};
try {
  const { startFromPack } = Module.createRequire(ours)('./start/pack');
  startFromPack((load) => load('patch/index').patchByQuery(new URL(import.meta.url).search));
} finally {
  Module._resolveFilename = resolveFilename;
}

// Node evaluates the program in the microtask drain that is running at this moment, on the loop's own stack, where
// nothing can block. From the next turn of the loop on, drains are ours.
await new Promise((resolve) => setImmediate(resolve));
