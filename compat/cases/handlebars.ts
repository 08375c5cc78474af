import assert from 'node:assert/strict';
import Handlebars from 'handlebars';
import { block, scenario, withBlocking } from '../support/scenario';

scenario(() => {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('shout', (text: string) => {
    block();
    return text.toUpperCase();
  });
  handlebars.registerHelper('twice', function (this: unknown, options: Handlebars.HelperOptions) {
    const first = options.fn(this);
    block();
    return first + options.fn(this);
  });
  handlebars.registerPartial('row', '<li>{{shout name}}</li>');
  const render = handlebars.compile<{ people: { name: string }[] }>(
    '{{#twice}}{{#each people}}{{> row}}{{/each}}{{/twice}}',
  );
  assert.equal(render({ people: [{ name: 'ada' }, { name: '<e>' }] }), '<li>ADA</li><li>&lt;E&gt;</li>'.repeat(2));
  assert.throws(() => handlebars.compile('{{nowhere 1}}')({}), /Missing helper: "nowhere"/);
});

withBlocking('a helper waits for a promise, where Handlebars has nothing asynchronous at all', ({ wait }) => {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('name', (id: number) => wait(Promise.resolve(`user ${id}`)));
  assert.equal(handlebars.compile('{{name 7}}')({}), 'user 7');
});
