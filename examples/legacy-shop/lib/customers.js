const crypto = require('crypto');
const customers = require('../data/customers.json');

const ITERATIONS = 10_000;
const SECRET = process.env.SESSION_SECRET ?? 'change me in production';

function authenticate(email, password) {
  const customer = customers.find((candidate) => candidate.email === email);
  if (!customer) return undefined;
  const expected = Buffer.from(customer.hash, 'hex');
  const given = crypto.pbkdf2Sync(password, customer.salt, ITERATIONS, expected.length, 'sha512');
  return crypto.timingSafeEqual(given, expected) ? customer : undefined;
}

function sessionFor(customer) {
  const signature = crypto.createHmac('sha256', SECRET).update(customer.email).digest('base64url');
  return `${Buffer.from(customer.email).toString('base64url')}.${signature}`;
}

module.exports = { authenticate, sessionFor };
