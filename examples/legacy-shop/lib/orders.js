const fs = require('fs');
const path = require('path');

const FILE = path.join(__dirname, '..', 'data', 'orders.json');

async function find(id) {
  const orders = JSON.parse(await fs.promises.readFile(FILE, 'utf8'));
  return orders.find((order) => order.id === id);
}

function findSync(id) {
  return loadSync().find((order) => order.id === id);
}

function loadSync() {
  return JSON.parse(fs.readFileSync(FILE, 'utf8'));
}

function total(order) {
  return order.lines.reduce((sum, line) => sum + line.quantity * line.cents, 0);
}

function bestsellers(count) {
  const articles = new Map();
  for (const { sku, name, quantity } of loadSync().flatMap((order) => order.lines)) {
    const article = articles.get(sku) ?? { sku, name, sold: 0 };
    article.sold += quantity;
    articles.set(sku, article);
  }
  return [...articles.values()].sort((a, b) => b.sold - a.sold || a.sku.localeCompare(b.sku)).slice(0, count);
}

function invoiceText(order) {
  const lines = order.lines.map((line) => `${line.quantity} x ${line.name} (${line.sku}) at ${euros(line.cents)}`);
  return [
    `Invoice for order ${order.id}`,
    `Customer: ${order.customer}`,
    '',
    ...lines,
    '',
    `Total: ${euros(total(order))}`,
    '',
  ].join('\n');
}

function euros(cents) {
  return `EUR ${(cents / 100).toFixed(2)}`;
}

module.exports = { bestsellers, find, findSync, invoiceText, total };
