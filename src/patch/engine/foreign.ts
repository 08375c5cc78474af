import Module from 'node:module';

import { issueWarnings, queueWarning } from './warnings';

type ReadAddon = (module: NodeJS.Module, filename: string) => unknown;

// Add-ons that run the event loop, or change stacks, by themselves.
const FOREIGN = /[\\/]node_modules[\\/](fibers|deasync)[\\/]/;

/** Warns if an add-on is loaded that does by itself what greenlets are for. */
export function watchForForeignSchedulers(): void {
  const { _extensions: extensions } = Module as unknown as { _extensions: Record<string, ReadAddon> };
  const read = extensions['.node']!;
  extensions['.node'] = (module, filename) => {
    const name = FOREIGN.exec(filename)?.[1];
    if (name !== undefined) warnOf(name);
    return read(module, filename);
  };
}

function warnOf(name: string): void {
  queueWarning(
    'UNBLOCK_FOREIGN_SCHEDULER',
    `${name} runs the event loop, or changes stacks, by itself: while one waits with it all greenlets are held up, and may ` +
      'be so for ever. Wait with unblock instead.',
  );
  issueWarnings();
}
