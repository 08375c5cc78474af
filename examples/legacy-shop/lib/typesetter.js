const { execSync } = require('child_process');

// Stands in for a PDF tool, which takes about as long.
const COMMAND = 'sleep 0.2 && exec fold -s -w 60';

function typeset(text) {
  return execSync(COMMAND, { input: text, encoding: 'utf8' });
}

module.exports = { typeset };
