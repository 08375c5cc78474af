import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Kinds } from './kind';

const FILE = __filename;
const LENGTH = fs.statSync(FILE).size;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-kinds-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));

const scratchFile = (name: string): string => path.join(scratch, name);

// A stream of several chunks, whose events are noted in their order.
function readSlowly(blocked: string, block: () => void, end: (seen: unknown) => void): void {
  const seen: string[] = [];
  const stream = fs.createReadStream(FILE, { highWaterMark: Math.ceil(LENGTH / 3) });
  for (const event of ['open', 'ready', 'data', 'end', 'close']) {
    stream.on(event, () => {
      if (event === blocked) block();
      seen.push(event);
      if (event === 'close') end(seen);
    });
  }
}

/** Files. */
export const fileKinds: Kinds = {
  'fs.readFile': (block, end) => {
    fs.readFile(FILE, (_, data) => {
      block();
      end(data.length === LENGTH);
    });
  },
  'fs.stat': (block, end) => {
    fs.stat(FILE, (_, stats) => {
      block();
      end(stats.isFile());
    });
  },
  'fs.access that fails': (block, end) => {
    fs.access('/nonexistent', (error) => {
      block();
      end(error?.code);
    });
  },
  'fs.writeFile': (block, end) => {
    fs.writeFile(scratchFile('written'), 'text', (error) => {
      block();
      end(error);
    });
  },
  'fs.exists': (block, end) => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    fs.exists(FILE, (exists) => {
      block();
      end(exists);
    });
  },
  'a promise of fs.promises': (block, end) => {
    void fs.promises.readFile(FILE).then((data) => {
      block();
      end(data.length === LENGTH);
    });
  },
  'a promise of a FileHandle': async (block, end) => {
    const handle = await fs.promises.open(FILE);
    block();
    const { bytesRead } = await handle.read(Buffer.alloc(4));
    block();
    await handle.close();
    end(bytesRead);
  },
  "a file stream's open": (block, end) => readSlowly('open', block, end),
  "a file stream's data": (block, end) => readSlowly('data', block, end),
  "a file stream's end": (block, end) => readSlowly('end', block, end),
  "a file stream's close": (block, end) => readSlowly('close', block, end),
  "a file stream's finish": (block, end) => {
    const seen: string[] = [];
    const stream = fs.createWriteStream(scratchFile('stream'));
    stream.write('text', () => {
      block();
      seen.push('written');
    });
    stream.on('finish', () => {
      block();
      seen.push('finish');
    });
    stream.on('close', () => end(seen));
    stream.end();
  },
  'fs.opendir': (block, end) => {
    fs.opendir(scratch, (error, directory) => {
      block();
      directory.close(() => end(error));
    });
  },
  'Dir.read': (block, end) => {
    fs.opendir(path.dirname(FILE), (_, directory) => {
      directory.read((__, entry) => {
        block();
        directory.close(() => end(entry !== null));
      });
    });
  },
  'Dir.close': (block, end) => {
    fs.opendir(scratch, (_, directory) => {
      directory.close(() => {
        block();
        end();
      });
    });
  },
  'an async iteration over a Dir': async (block, end) => {
    const names: string[] = [];
    for await (const { name } of await fs.promises.opendir(path.dirname(FILE))) {
      if (names.length < 2) block();
      names.push(name);
    }
    end(names.length > 1);
  },
  'fs.watch': (block, end) => {
    const watched = scratchFile('watched');
    fs.writeFileSync(watched, '');
    const watcher = fs.watch(watched, (event) => {
      watcher.close();
      block();
      end(event);
    });
    setTimeout(() => fs.utimesSync(watched, 1, 1), 10);
  },
  'fs.watchFile': (block, end) => {
    const watched = scratchFile('polled');
    fs.writeFileSync(watched, '');
    // Over and over: where others work as well the first look may come late, and only what changes after it is seen.
    let length = 0;
    const growing = setInterval(() => fs.truncateSync(watched, ++length), 20);
    fs.watchFile(watched, { interval: 5 }, ({ size }) => {
      clearInterval(growing);
      fs.unwatchFile(watched);
      block();
      end(size > 0);
    });
  },
  'fs.promises.watch': async (block, end) => {
    const watched = scratchFile('iterated');
    fs.writeFileSync(watched, '');
    setTimeout(() => fs.utimesSync(watched, 1, 1), 10);
    for await (const { eventType } of fs.promises.watch(watched)) {
      block();
      end(eventType);
      break;
    }
  },
};
