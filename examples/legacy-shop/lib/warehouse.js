const { execFileSync } = require('child_process');
const path = require('path');

const CLIENT = path.join(__dirname, '..', 'bin', 'stock-of.sh');

function stockOf(sku) {
  return Number(execFileSync('sh', [CLIENT, sku], { encoding: 'utf8' }));
}

module.exports = { stockOf };
