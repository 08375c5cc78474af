/** Imported for what it does: turns on whatever the configuration has to be seen, now and when it is set. */
import { followRunInfoSignal } from './run-info-signal';

followRunInfoSignal();
