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
export { spawn } from './core/spawn';
export { Waiter } from './core/waiter';
