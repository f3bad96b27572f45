// A command that shows when it was alive: it writes its epoch and the time to a file every 10 ms. The clock is
// CLOCK_MONOTONIC, which all processes of a machine have in common.
import { openSync, writeSync } from 'node:fs';

const INTERVAL_MS = 10;

const [file, manner] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: beat FILE [stubborn]');
if (manner === 'stubborn') process.on('SIGTERM', () => undefined);
const epoch = process.env['ZK_LEADER_EPOCH'] ?? '';
const beats = openSync(file, 'a');
const nobody = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  writeSync(beats, `${epoch} ${String(process.hrtime.bigint())}\n`);
  Atomics.wait(nobody, 0, 0, INTERVAL_MS);
}
