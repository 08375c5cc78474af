/**
 * Module -> the names that still block if they were taken out of it before it was patched. All others are made
 * cooperative beneath Node's own functions, which copies call as well; or they wait only for sizes that hardly anybody
 * asks for, as `randomBytes` does.
 */
export const COPIES_THAT_STAY: Readonly<Record<string, readonly string[]>> = {
  crypto: [
    ...['argon2Sync', 'checkPrimeSync', 'generateKeyPairSync', 'generateKeySync', 'generatePrimeSync', 'hkdfSync'],
    ...['pbkdf2Sync', 'scryptSync', 'sign', 'verify'],
  ],
  Atomics: ['wait'],
};
