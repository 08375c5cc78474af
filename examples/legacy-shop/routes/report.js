const express = require('express');
const orders = require('../lib/orders');
const { stockOf } = require('../lib/warehouse');

const TOP = 2;

const router = express.Router();

router.get('/', (req, res) => {
  // The page asks the warehouse itself, line by line: the template calls stockOf.
  res.render('report', { bestsellers: orders.bestsellers(TOP), stockOf });
});

module.exports = router;
