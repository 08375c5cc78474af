/**
 * Errors that Node throws right below a function of ours, or above one, have its frame in their stack. To take the stack
 * again, or just to catch the error, costs as much as the error itself, and most are dropped by who never looks at it: so
 * the frame goes when somebody does.
 */
const files = new Set<string>();

/** Has the frames of a file left out. */
export function hideFramesOf(file: string): void {
  files.add(file);
}

/** The frames of an error's stack that are shown. */
export function shownFrames(frames: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
  const isShown = (frame: NodeJS.CallSite): boolean => !files.has(frame.getFileName() ?? '');
  return frames.every(isShown) ? frames : frames.filter(isShown);
}
