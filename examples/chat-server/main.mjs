// A conversation: starts the server and three who talk to it, and prints what each of them sees.
import net from 'node:net';
import readline from 'node:readline';

import { iterate, spawn, waitEvent } from 'unblock';

import { startChat } from './server.mjs';

class Guest {
  #socket;
  #lines;
  seen = [];

  constructor(port) {
    this.#socket = net.connect(port);
    waitEvent(this.#socket, 'connect');
    this.#lines = iterate(readline.createInterface({ input: this.#socket }));
  }

  say(line) {
    this.#socket.write(`${line}\n`);
  }

  /** Reads lines until there is one like this. */
  hear(text) {
    for (;;) {
      const { value } = this.#lines.next();
      this.seen.push(value);
      if (value.includes(text)) return;
    }
  }

  leave() {
    this.#socket.end();
  }
}

spawn(() => {
  const server = startChat(0);
  const { port } = server.address();

  const enter = (name) => {
    const guest = new Guest(port);
    guest.hear('Your name?');
    guest.say(name);
    guest.hear('Here are');
    return guest;
  };

  const ada = enter('Ada');
  const bob = enter('Bob');
  ada.hear('Bob has come');
  const eve = enter('Eve');
  for (const guest of [ada, bob]) guest.hear('Eve has come');

  ada.say('Good morning!');
  for (const guest of [bob, eve]) guest.hear('Good morning');
  bob.say('Good morning, Ada.');
  for (const guest of [ada, eve]) guest.hear('Good morning, Ada');
  eve.leave();
  for (const guest of [ada, bob]) guest.hear('Eve has gone');
  bob.leave();
  ada.hear('Bob has gone');
  ada.leave();
  server.close();

  for (const [name, { seen }] of Object.entries({ Ada: ada, Bob: bob, Eve: eve })) {
    console.log(`${name} sees`);
    for (const line of seen) console.log(`  ${line}`);
  }
});
