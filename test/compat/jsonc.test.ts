import { expect } from 'chai';

import { parseJsonc } from '../../compat/jsonc';

describe('parseJsonc', () => {
  it('passes over comments and trailing commas', () => {
    const text = `// first
    [ /* second
    */ { "a": 1, // third
    }, /* fourth */ ]`;
    expect(parseJsonc(text)).to.deep.equal([{ a: 1 }]);
  });

  it('leaves alone what only looks like one in a string', () => {
    const text = '["a // b", "/* c */", "d,]", "\\"// e", "f\\\\", ]';
    expect(parseJsonc(text)).to.deep.equal(['a // b', '/* c */', 'd,]', '"// e', 'f\\']);
  });

  it('throws for what is no JSON', () => {
    for (const text of ['', '[', '[1 2]', '// only']) expect(() => parseJsonc(text), text).to.throw(SyntaxError);
  });
});
