/** The AsyncContextFrame, in which later lines of Node keep the stores of AsyncLocalStorage. */
import { binding } from '../binding';

const nothing = (): undefined => undefined;
// V8 compiles a call of these to a load or a store.
const { getContinuationPreservedEmbedderData = nothing, setContinuationPreservedEmbedderData = nothing } =
  binding.extras;

/** The frame of the running code, or what an add-on keeps in its place; undefined where V8 has no place for it. */
export const getFrame: () => unknown = getContinuationPreservedEmbedderData;

/** Puts another frame in its place. */
export const setFrame: (frame: unknown) => void = setContinuationPreservedEmbedderData;
