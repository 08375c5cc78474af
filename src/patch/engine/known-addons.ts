/** What is known about add-ons, kept by hand. A name that ends in `*` stands for all that begin so. */

/** Those of which some calls block the process: nothing but a thread can wait in C++. */
export const blockingAddons: Readonly<Record<string, string>> = {
  'better-sqlite3':
    'all of its calls block while SQLite works, by design; they are short unless a query is long, or the file is locked (its busy timeout is 5 s)',
  bcrypt:
    'hashSync() and compareSync() block for as long as a hash takes; hash() and compare() do not, and wait() waits for their promises',
  argon2: 'its synchronous functions block; hash() and verify() do not, and wait() waits for their promises',
  canvas: 'it draws on the calling thread; toBuffer() with a callback does not block',
  'pg-native': 'its *Sync functions block until the database answers; the others do not',
  libpq: 'its *Sync functions block until the database answers; the others do not',
  libsql: 'all of its calls block, also those that ask a server',
  'node-sass': 'renderSync() blocks while it compiles; render() does not',
  ibm_db: 'its *Sync functions block until the database answers; the others do not',
  'isolated-vm': 'its *Sync functions block, and run the other isolate on the calling thread',
  'ffi-napi': 'foreign functions block for as long as they take; those called by .async do not',
  koffi: 'foreign functions block for as long as they take; those called by .async do not',
  'node-libcurl': 'its synchronous Easy.perform() blocks until the answer is there; Curl and curly do not',
  'libxmljs*': 'it parses and validates on the calling thread',
};

/** Those that work on threads, or are done at once: nothing to tell. */
export const harmlessAddons: readonly string[] = [
  ...['sqlite3', 'sharp', '@img/sharp-*', 'bufferutil', 'utf-8-validate', 'cpu-features', 'msgpackr-extract'],
  ...[
    '@msgpackr-extract/*',
    '@datadog/*',
    '@parcel/watcher*',
    'fsevents',
    'lightningcss*',
    '@rollup/rollup-*',
    '@swc/*',
  ],
  ...['@oxc-*', '@rolldown/*', '@napi-rs/*', '@esbuild/*', '@unrs/*', '@tailwindcss/*', '@next/swc-*', '@prisma/*'],
  ...[
    'zeromq',
    'serialport',
    '@serialport/*',
    'classic-level',
    'leveldown',
    'node-pty',
    'keytar',
    'snappy',
    '@snappy/*',
  ],
  ...[
    'kerberos',
    'mongodb-client-encryption',
    'farmhash',
    'xxhash-addon',
    'unix-dgram',
    'node-addon-api',
    'nan',
    'unblock',
  ],
  ...['bare-*', 'ssh2', '@biomejs/*', '@oxfmt/*', '@oxlint/*', '@ast-grep/*', '@node-rs/crc32*', '@node-rs/xxhash*'],
];

/** The entry of a table for a name. */
export function entryFor(table: readonly string[], name: string): string | undefined {
  return table.find((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry));
}
