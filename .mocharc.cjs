'use strict';

module.exports = {
  require: './dist/test/support/leak-hook.js',
  timeout: 20_000,
  slow: 2_000,
  'forbid-only': process.env.CI !== undefined,
};
