/**
 * The modules that there are tables for, in the order in which they are patched: those that others are built on first.
 * Apart from the rest, as the command line names them, whatever the configuration is like.
 */
export const patchable: readonly string[] = [
  ...['timers', 'events', 'stream', 'fs', 'child_process', 'dns', 'net', 'tls', 'dgram', 'http', 'https', 'readline'],
  ...['crypto', 'zlib', 'globals'],
];
