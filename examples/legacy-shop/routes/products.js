const express = require('express');
const catalogue = require('../lib/catalogue');

const PAGE_SIZE = 24;

const router = express.Router();

router.get('/', (req, res) => {
  const page = Math.max(1, Number(req.query.page) || 1);
  let products = catalogue.load();
  if (req.query.department) {
    products = products.filter((product) => product.department === req.query.department);
  }
  res.json({
    total: products.length,
    page,
    products: products.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
  });
});

module.exports = router;
