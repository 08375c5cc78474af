import assert from 'node:assert/strict';
import nunjucks, { type Callback } from 'nunjucks';
import { block, scenario, withBlocking } from '../support/scenario';

const templates: Readonly<Record<string, string>> = {
  base: '<h1>{% block title %}{% endblock %}</h1>{% block body %}{% endblock %}',
  page: "{% extends 'base' %}{% block title %}{{ title | shout }}{% endblock %}{% block body %}{% for n in numbers %}{{ loop.index }}:{{ n | later }} {% endfor %}{% endblock %}",
};

class TemplateLoader extends nunjucks.Loader {
  getSource(name: string): { src: string; path: string; noCache: boolean } {
    block();
    return { src: templates[name]!, path: name, noCache: false };
  }
}

scenario(async () => {
  const environment = new nunjucks.Environment(new TemplateLoader());
  environment.addFilter('shout', (text: string) => {
    block();
    return text.toUpperCase();
  });
  environment.addFilter(
    'double',
    (n: number, done: Callback<Error, number>) => setImmediate(() => (block(), done(null, n * 2))),
    true,
  );
  environment.addFilter('later', (n: number) => n + 1);
  const context = { title: 'hello', numbers: [1, 2] };
  assert.equal(environment.render('page', context), '<h1>HELLO</h1>1:2 2:3 ');
  const doubled = await new Promise((resolve, reject) =>
    environment.renderString('{{ 21 | double }}', {}, (error, text) => (error ? reject(error) : resolve(text))),
  );
  assert.equal(doubled, '42');
  assert.throws(() => environment.renderString('{{ 1 | nowhere }}', {}), /filter not found: nowhere/);
});

withBlocking('an asynchronous filter inside a loop and an if, which Nunjucks cannot render otherwise', ({ wait }) => {
  const environment = new nunjucks.Environment();
  environment.addFilter('double', (n: number) => wait(new Promise<number>((resolve) => setTimeout(resolve, 1, n * 2))));
  const text = environment.renderString('{% for n in [1, 2] %}{% if n %}{{ n | double }} {% endif %}{% endfor %}', {});
  assert.equal(text, '2 4 ');
});
