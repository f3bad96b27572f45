// What it is for a job to be well again, on histories that are made up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from './history.js';
import { nowUs } from './record.js';
import { regularity } from './well.js';

/** A run that begins now, for the tick of that second. */
function begin(history: History, id: string, tick: number): void {
  const occasion = `${new Date(tick * 1000).toISOString()} 1`;
  history.add(`${nowUs()} start a ${id} main 1 polite ${occasion}`);
}

test('a scheduled command is well again once it was run for two ticks since', () => {
  const history = new History();
  begin(history, '5-1', 1);
  begin(history, '5-2', 2);
  const well = regularity(history.lives);
  assert.equal(well(), undefined);
  begin(history, '8-1', 3);
  begin(history, '8-2', 3);
  assert.equal(well(), undefined, 'the same tick twice');
  begin(history, '8-3', 4);
  assert.equal(well()?.number, 3);
});
