import crypto from 'node:crypto';
import zlib from 'node:zlib';

import type { Kinds } from './kind';

/** What the thread pool computes. */
export const computingKinds: Kinds = {
  'crypto.pbkdf2': (block, end) => {
    crypto.pbkdf2('a', 'b', 1, 8, 'sha1', (_, key) => {
      block();
      end(key.toString('hex'));
    });
  },
  'crypto.scrypt': (block, end) => {
    crypto.scrypt('a', 'b', 8, (_, key) => {
      block();
      end(key.toString('hex'));
    });
  },
  'crypto.randomBytes': (block, end) => {
    crypto.randomBytes(8, (_, bytes) => {
      block();
      end(bytes.length);
    });
  },
  'crypto.randomInt': (block, end) => {
    crypto.randomInt(1, 2, (_, number) => {
      block();
      end(number);
    });
  },
  'crypto.generateKeyPair': (block, end) => {
    crypto.generateKeyPair('ec', { namedCurve: 'P-256' }, (_, { type }) => {
      block();
      end(type);
    });
  },
  'crypto.sign': (block, end) => {
    const { privateKey } = crypto.generateKeyPairSync('ed25519');
    crypto.sign(null, Buffer.from('text'), privateKey, (_, signature) => {
      block();
      end(signature.length);
    });
  },
  'a promise of subtle': (block, end) => {
    void crypto.webcrypto.subtle.digest('SHA-1', new Uint8Array(4)).then((digest) => {
      block();
      end(Buffer.from(digest).toString('hex'));
    });
  },
  'zlib.gzip': (block, end) => {
    zlib.gzip('text', (_, packed) => {
      block();
      end(zlib.gunzipSync(packed).toString());
    });
  },
  "a zlib stream's data": (block, end) => {
    const gzip = zlib.createGzip();
    const chunks: Buffer[] = [];
    gzip.on('data', (chunk: Buffer) => {
      block();
      chunks.push(chunk);
    });
    gzip.on('end', () => end(zlib.gunzipSync(Buffer.concat(chunks)).toString()));
    gzip.end('text');
  },
  "a zlib stream's flush": (block, end) => {
    const gzip = zlib.createGzip();
    gzip.resume();
    gzip.write('text');
    gzip.flush(() => {
      block();
      end();
    });
  },
  "a zlib stream's end": (block, end) => {
    const brotli = zlib.createBrotliCompress();
    brotli.resume();
    brotli.on('end', () => {
      block();
      end();
    });
    brotli.end('text');
  },
};
