export { wait, waitCallback } from './core/bridge';
export {
  BinaryError,
  BlockingSwitchOutError,
  ConfigError,
  GreenletError,
  GreenletExit,
  InvalidSwitchError,
  LoadedTwiceError,
  UnsupportedError,
} from './core/errors';
export { getHub, type Hub } from './core/hub';
export { getTrace, setTrace, type Tracer } from './core/flight';
export { getCurrent, getMain, RawGreenlet } from './core/raw-greenlet';
export { sleep } from './core/sleep';
// The plain form; the one that returns a joinable Greenlet joins the exports with the rest of gevent's vocabulary.
export { spawnRaw as spawn } from './core/spawn';
export { Waiter } from './core/waiter';
