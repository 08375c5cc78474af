/**
 * Errors that Node throws right below a function of ours have its frame first in their stack. To take the stack again, or
 * just to catch the error, costs as much as the error itself, and most are dropped by who never looks at it: so the frame
 * goes when somebody does.
 */
const files = new Set<string>();

/** Has the frames of a file left out where they come first. */
export function hideFramesOf(file: string): void {
  files.add(file);
}

/** The frames of an error's stack that are shown. */
export function shownFrames(frames: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
  const first = frames.findIndex((frame) => !files.has(frame.getFileName() ?? ''));
  return first > 0 ? frames.slice(first) : frames;
}
