/**
 * The stacks that V8 makes for WebAssembly below `WebAssembly.promising`. V8 keeps them for the isolate, not for each thread,
 * and so for all greenlets alike. Which one is active would be another after a switch, and V8 would return to the wrong one:
 * so calls below WebAssembly really block meanwhile, as without a patch. And V8 looks at each of them once for each greenlet
 * that is suspended, which it takes for a thread: so meanwhile it collects in the way that may look twice.
 */
import { binding } from '../binding';

let calls = 0;

/** Notes that a call has begun that may be on such a stack until it ends. */
export function beginWasmStack(): void {
  if (calls++ === 0) binding.collectCarefully(true);
}

/** Notes that such a call has ended. */
export function endWasmStack(): void {
  if (--calls === 0) binding.collectCarefully(false);
}

/** Why the running code must not be suspended for the sake of the stacks that it may be on, or undefined. */
export function whyNotBelowWasm(): string | undefined {
  return calls > 0 && binding.isBelowWasm() ? 'below a call of WebAssembly.promising' : undefined;
}
