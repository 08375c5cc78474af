'use strict';

module.exports = {
  timeout: 20_000,
  slow: 2_000,
  'forbid-only': process.env.CI !== undefined,
};
