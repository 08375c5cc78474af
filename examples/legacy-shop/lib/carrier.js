const { spawnSync } = require('child_process');
const path = require('path');

const CLIENT = path.join(__dirname, '..', 'bin', 'track-parcel.sh');

function track(parcel) {
  const { status, stdout, stderr, error } = spawnSync('sh', [CLIENT, parcel], { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`the carrier's client failed: ${stderr.trim()}`);
  const [number, state] = stdout.trim().split('\t');
  return { number, state };
}

module.exports = { track };
