const express = require('express');
const carrier = require('../lib/carrier');
const orders = require('../lib/orders');

const router = express.Router();

router.get('/:id', async (req, res) => {
  const order = await orders.find(req.params.id);
  if (!order) {
    res.status(404).json({ error: 'no such order' });
    return;
  }
  const parcel = carrier.track(order.parcel);
  res.json({ ...order, total: orders.total(order), parcel });
});

module.exports = router;
