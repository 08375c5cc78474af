export { GreenletError, GreenletExit } from './core/errors';
export { getCurrent, getMain, getTrace, RawGreenlet, setTrace } from './core/raw-greenlet';
