import assert from 'node:assert/strict';
import pug from 'pug';
import { block, scenario, withBlocking } from '../support/scenario';

scenario(() => {
  const template = `
mixin row(person)
  li(class=person.age > 50 ? 'old' : 'young')= shout(person.name)
ul
  each person in people
    +row(person)
  :reversed
    abc`;
  const filters = {
    reversed: (text: string) => {
      block();
      return [...text].reverse().join('');
    },
  };
  const render = pug.compile(template, { filters, filename: 'people.pug' });
  const shout = (text: string): string => {
    block();
    return text.toUpperCase();
  };
  const people = [
    { name: 'ada', age: 36 },
    { name: 'bob', age: 64 },
  ];
  assert.equal(render({ people, shout }), '<ul><li class="young">ADA</li><li class="old">BOB</li>cba</ul>');
  assert.throws(() => pug.render('ul\n\tli\n  li'), { code: 'PUG:INVALID_INDENTATION' });
});

withBlocking('an each loop pulls its rows, one by one, out of an async generator', ({ iterate }) => {
  async function* rows(): AsyncGenerator<string> {
    yield 'first';
    yield 'second';
  }
  const html = pug.render('each row in [...rows()]\n  p= row', { rows: () => iterate(rows()) });
  assert.equal(html, '<p>first</p><p>second</p>');
});
