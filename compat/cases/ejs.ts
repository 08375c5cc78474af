import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ejs from 'ejs';
import { block, scenario, withBlocking } from '../support/scenario';

scenario(async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ejs-'));
  try {
    writeFileSync(path.join(folder, 'row.ejs'), '<li><%= shout(name) %></li>');
    writeFileSync(
      path.join(folder, 'page.ejs'),
      "<ul><% for (const name of names) { %><%- include('row', { name }) %><% } %></ul>",
    );
    const data = {
      names: ['ada', '<eve>'],
      shout: (text: string) => {
        block();
        return text.toUpperCase();
      },
    };
    const expected = '<ul><li>ADA</li><li>&lt;EVE&gt;</li></ul>';
    const file = path.join(folder, 'page.ejs');
    assert.equal(await ejs.renderFile(file, data), expected);
    const escape = (markup?: unknown): string => (block(), String(markup).length.toString());
    assert.equal(ejs.render('<%= text %>', { text: 'four' }, { escape }), '4');
    assert.equal(await ejs.render('<%= await later %>', { later: Promise.resolve(1) }, { async: true }), '1');
    assert.throws(() => ejs.render('\n<%= missing %>', {}), /missing is not defined/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

withBlocking('a template waits for a promise in the middle of a line, without the async mode', ({ wait }) => {
  const price = async (name: string): Promise<number> => name.length * 10;
  const html = ejs.render('<%= names.map((name) => `${name}: ${wait(price(name))}`).join() %>', {
    names: ['tea', 'coffee'],
    wait,
    price,
  });
  assert.equal(html, 'tea: 30,coffee: 60');
});
