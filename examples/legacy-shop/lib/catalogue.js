const fs = require('fs');
const path = require('path');

const FILE = path.join(__dirname, '..', 'data', 'catalogue.json');

// Read anew each time: the buyers edit the file while the shop is open.
function load() {
  return JSON.parse(fs.readFileSync(FILE, 'utf8'));
}

module.exports = { load };
