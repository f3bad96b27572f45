// A server is drained by touching a file: it fails its check, ends its job, and another one leads, until the file goes.
// Exits 0 when everything happened so, 1 otherwise; leaves no process behind.
//
//   node health-check.mjs [CONNECT]
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contender, hear, perform, tell } from '../contenders.mjs';

const CHECK = fileURLToPath(new URL('check.sh', import.meta.url));
const SERVE = fileURLToPath(new URL('serve.mjs', import.meta.url));
const OPTIONS = ['--check', `"${CHECK}"`, '--check-interval', '1s', '--check-rise', '1', '--check-fall', '1'];

const folder = mkdtempSync(join(tmpdir(), 'health-check-'));

function start(name) {
  return new Contender(name, OPTIONS, [process.execPath, SERVE], { DRAIN_FOLDER: folder });
}

/** Touches the file that the leader's check looks for, and waits until another one leads. */
async function drain(leader) {
  tell(`touch ${leader.name}`);
  writeFileSync(join(folder, leader.name), '');
  const { contender: ended } = await hear(/^has ended its work$/);
  assert.ok(ended === leader, `${leader.name} should end its work first`);
  const { contender } = await hear(/^serves /);
  assert.ok(contender !== leader, `${leader.name} should not lead`);
  return contender;
}

async function play() {
  tell('two servers; both pass their check');
  start('alpha');
  start('beta');
  const { contender: one } = await hear(/^serves /);
  const other = await drain(one);
  tell(`rm ${one.name}`);
  rmSync(join(folder, one.name));
  const last = await drain(other);
  assert.ok(last === one, `${one.name} should be back`);
  tell(`${one.name} is back`);
}

await perform(play);
rmSync(folder, { recursive: true });
