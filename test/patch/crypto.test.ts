import { expect } from 'chai';

import { runBothWays } from '../support/both-ways';
import { spawnSource } from '../support/spawn-script';

// Every function that waits for a thread, with what it takes and what it must refuse; prints a line for each call. What is
// random is shown by its kind and size.
const calls = `
  const crypto = require('node:crypto');
  const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
  const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const kindOf = (value) =>
    value instanceof crypto.KeyObject ? ['key', value.type, value.asymmetricKeyType, value.symmetricKeySize, value.asymmetricKeyDetails?.modulusLength]
    : ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? [value.constructor.name, value.byteLength]
    : typeof value === 'object' && value !== null ? Object.entries(value).map(([name, each]) => [name, kindOf(each)])
    : typeof value;
  const exact = (value) => (value instanceof ArrayBuffer ? Buffer.from(value) : value).toString('hex');
  const say = (shown, name, ...args) => {
    if (!(name in crypto)) return;
    let outcome;
    try {
      outcome = shown(crypto[name](...args));
    } catch (error) {
      outcome = [error.constructor.name, error.message, error.code, Object.keys(error), /script\\.cjs/.test(error.stack)];
    }
    console.log(JSON.stringify([name, outcome], (key, value) => (typeof value === 'bigint' ? String(value) : value)));
  };
  const much = Buffer.alloc(200_000, 1);
  const odd = [undefined, null, -1, NaN, 1.5, '', 'text', {}, [], () => {}, Symbol.iterator, 2n, 2 ** 40, Buffer.alloc(3)];
  const vary = (shown, name, good) => {
    say(shown, name, ...good);
    say(shown, name);
    good.forEach((_, index) => {
      say(shown, name, ...good.slice(0, index));
      // Node's own C++ aborts at such a length for hkdf.
      for (const wrong of odd.filter((each) => each !== 2 ** 40 || name !== 'hkdfSync')) say(shown, name, ...good.with ? good.with(index, wrong) : good.map((each, at) => (at === index ? wrong : each)));
    });
  };
  for (const rounds of [1, 99, 1000]) vary(exact, 'pbkdf2Sync', ['password', 'salt', rounds, 32, 'sha512']);
  vary(exact, 'scryptSync', ['password', 'salt', 32]);
  vary(exact, 'scryptSync', ['password', 'salt', 32, { N: 1024, maxmem: 2 ** 26 }]);
  for (const options of [{ N: 3 }, { N: 2 ** 30 }, { cost: 16, N: 32 }, { r: 0 }]) say(exact, 'scryptSync', 'p', 's', 8, options);
  for (const key of ['key', much]) vary(exact, 'hkdfSync', ['sha256', key, 'salt', 'info', 64]);
  vary(kindOf, 'generateKeyPairSync', ['ec', { namedCurve: 'P-256' }]);
  say(kindOf, 'generateKeyPairSync', 'ed25519');
  say(kindOf, 'generateKeyPairSync', 'rsa', { modulusLength: 512, publicKeyEncoding: { type: 'spki', format: 'der' } });
  say(kindOf, 'generateKeyPairSync', 'rsa', { modulusLength: 512, publicExponent: 4 });
  say(kindOf, 'generateKeyPairSync', 'ec', { namedCurve: 'nothing' });
  for (const length of [256, 2 ** 22]) vary(kindOf, 'generateKeySync', ['hmac', { length }]);
  for (const bits of [32, 256]) vary(kindOf, 'generatePrimeSync', [bits, { bigint: false }]);
  say(kindOf, 'generatePrimeSync', 256, { bigint: true });
  say(kindOf, 'generatePrimeSync', 256, { add: 5n, rem: 6n });
  for (const candidate of [7n, 2n ** 521n - 1n, 2n ** 521n - 3n, Buffer.alloc(64, 255)]) vary(String, 'checkPrimeSync', [candidate, { checks: 3 }]);
  for (const size of [10, 200_000]) {
    vary(kindOf, 'randomBytes', [size]);
    vary(kindOf, 'randomFillSync', [Buffer.alloc(size), 1, 5]);
  }
  say(kindOf, 'randomFillSync', new Uint32Array(50_000), 2);
  say(kindOf, 'randomFillSync', new DataView(new ArrayBuffer(100_000)));
  say(kindOf, 'randomFillSync', new ArrayBuffer(100_000));
  vary(kindOf, 'sign', ['sha256', much, pem]);
  vary(kindOf, 'sign', ['sha256', Buffer.from('little'), { key: rsa.privateKey, padding: crypto.constants.RSA_PKCS1_PADDING }]);
  const signature = crypto.sign('sha256', much, pem);
  vary(String, 'verify', ['sha256', much, rsa.publicKey, signature]);
  vary(exact, 'argon2Sync', ['argon2id', { message: 'm', nonce: Buffer.alloc(16), parallelism: 1, tagLength: 16, memory: 64, passes: 2 }]);`;

describe('crypto', () => {
  it('answers and refuses like plain Node, call for call', async () => {
    const { plain, loaded } = await runBothWays(calls);
    expect(plain.stdout.split('\n').length).to.be.greaterThan(400);
    expect(loaded).to.deep.equal(plain);
  }).timeout(60_000);

  it('lets others run meanwhile, and works on all threads at once', async () => {
    const program = `
      const crypto = require('node:crypto');
      const { spawn } = require('unblock');
      let turns = 0;
      let left = 0;
      const count = () => { turns++; timer = setImmediate(count); };
      let timer = setImmediate(count);
      const work = {
        pbkdf2: () => crypto.pbkdf2Sync('p', 's', 50_000, 32, 'sha256'),
        scrypt: () => crypto.scryptSync('p', 's', 32),
        keys: () => crypto.generateKeyPairSync('rsa', { modulusLength: 1024 }),
        prime: () => crypto.generatePrimeSync(256),
        random: () => crypto.randomBytes(1_000_000),
        sign: () => crypto.sign('sha256', Buffer.alloc(500_000), crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      };
      const stood = Object.entries(work).filter(([name, run]) => {
        const before = turns;
        run();
        return turns === before;
      });
      clearImmediate(timer);
      console.log(JSON.stringify(stood));`;
    const { stdout, stderr } = await spawnSource(program, { loader: true });
    expect(stdout + stderr).to.equal('[]\n');
  });
});
