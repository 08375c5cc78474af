import { expect } from 'chai';
import path from 'node:path';

import { repoRoot, spawnScript } from './support/spawn-script';

// What each program in examples/ prints.
const outputs: Readonly<Record<string, string>> = {
  'producer-consumer': `
all orders are placed
12 orders are packed, by Ada, Bob, Eve
the packers have gone home
`,
  crawler: `
/            200
/about       200
/gone        404
/news        200
/news/1      200
/news/2      200
/news/3      200
/shop        200
/shop/back   200
/shop/slow   200
/shop/stuck  nothing after 2000 ms
/team        200
`,
  'chat-server': `
Ada sees
  Your name?
  Here are: nobody else
  * Bob has come
  * Eve has come
  Bob: Good morning, Ada.
  * Eve has gone
  * Bob has gone
Bob sees
  Your name?
  Here are: Ada
  * Eve has come
  Ada: Good morning!
  * Eve has gone
Eve sees
  Your name?
  Here are: Ada, Bob
  Ada: Good morning!
  Bob: Good morning, Ada.
`,
  'sync-faces': `
by digest: white blue red green black
by a getter: 458f3cee
by toJSON: [{"text":"Call me Ishmael.","fingerprint":"458f3cee"}]
by replace: sign this#1eb7 and that#8e7f
`,
  supervisor: `
  reader waits for mail
root: clock is done
mail: sender failed: connection 1 was refused
mail: sender failed: connection 2 was refused
  reader goes
root: mail failed: sender failed 2 times
  reader waits for mail
mail: sender failed: connection 3 was refused
  sender has sent its mail over connection 4
  reader goes
mail: sender is done
mail: reader is done
root: mail is done
all is done
`,
};

describe('the example', () => {
  for (const [name, output] of Object.entries(outputs)) {
    for (const loader of [false, true]) {
      it(`${name} prints what it should${loader ? ', under the loader too' : ''}`, async () => {
        const { code, stdout, stderr } = await spawnScript(path.join(repoRoot, 'examples', name, 'main.mjs'), {
          loader,
        });
        expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: output.slice(1), stderr: '' });
      });
    }
  }
});
