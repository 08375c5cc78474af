const express = require('express');
const orders = require('../lib/orders');
const { typeset } = require('../lib/typesetter');

const router = express.Router();

router.get('/:id', (req, res) => {
  const order = orders.findSync(req.params.id);
  if (!order) {
    res.status(404).json({ error: 'no such order' });
    return;
  }
  res.type('text/plain').send(typeset(orders.invoiceText(order)));
});

module.exports = router;
