// WebCrypto has no synchronous face, and comparators, getters, toJSON and callbacks of replace() cannot await. With
// wait() they need not.
import { spawn, wait } from 'unblock';

function digestOf(text) {
  const bytes = wait(crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Buffer.from(bytes).toString('hex');
}

class Document {
  constructor(text) {
    this.text = text;
  }

  get fingerprint() {
    return digestOf(this.text).slice(0, 8);
  }

  toJSON() {
    return { text: this.text, fingerprint: this.fingerprint };
  }
}

spawn(() => {
  const words = ['red', 'green', 'blue', 'black', 'white'];
  // Sort calls the comparator from native code, and each call waits for two digests.
  words.sort((a, b) => (digestOf(a) < digestOf(b) ? -1 : 1));
  console.log('by digest:', words.join(' '));

  const document = new Document('Call me Ishmael.');
  console.log('by a getter:', document.fingerprint);
  console.log('by toJSON:', JSON.stringify([document]));
  console.log(
    'by replace:',
    'sign <this> and <that>'.replace(/<(\w+)>/g, (_, word) => `${word}#${digestOf(word).slice(0, 4)}`),
  );
});
