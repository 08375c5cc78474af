/** The AsyncContextFrame, in which later lines of Node keep the stores of AsyncLocalStorage. */
import { binding } from '../binding';

const nothing = (): undefined => undefined;
// V8 compiles a call of these to a load or a store.
const { getContinuationPreservedEmbedderData = nothing, setContinuationPreservedEmbedderData = nothing } =
  binding.extras;

/** The ways to it; to be taken out where they are used, as those of `context.ts`. */
export const frames: { getFrame(this: void): unknown; setFrame(this: void, frame: unknown): void } = {
  /** The frame of the running code, or what an add-on keeps in its place; undefined where V8 has no place for it. */
  getFrame: getContinuationPreservedEmbedderData,
  /** Puts another frame in its place. */
  setFrame: setContinuationPreservedEmbedderData,
};
