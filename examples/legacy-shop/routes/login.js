const express = require('express');
const customers = require('../lib/customers');

const router = express.Router();

router.post('/', (req, res) => {
  const { email, password } = req.body ?? {};
  if (typeof email !== 'string' || typeof password !== 'string') {
    res.status(400).json({ error: 'email and password are required' });
    return;
  }
  const customer = customers.authenticate(email, password);
  if (!customer) {
    res.status(401).json({ error: 'unknown customer or wrong password' });
    return;
  }
  res.json({ name: customer.name, session: customers.sessionFor(customer) });
});

module.exports = router;
