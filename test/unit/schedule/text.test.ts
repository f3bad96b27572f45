import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cronSchedule } from '../../../src/schedule/cron.js';
import { everySchedule } from '../../../src/schedule/every.js';
import { readSchedule } from '../../../src/schedule/text.js';

const NOON = Date.UTC(2026, 10, 22, 12);

test('reads every schedule that there is from its text', () => {
  for (const schedule of [
    everySchedule(15 * 60_000),
    everySchedule(1500),
    everySchedule(100),
    cronSchedule('*/5 * * * *', 'UTC'),
    cronSchedule('30 0 3 * * MON-FRI', 'Europe/Berlin'),
    cronSchedule('@daily', 'America/New_York'),
  ]) {
    const read = readSchedule(schedule.text);
    assert.deepEqual([read?.text, read?.next(NOON)], [schedule.text, schedule.next(NOON)]);
  }
});

test('reads nothing else', () => {
  for (const text of [
    '',
    'every',
    'every 0s',
    'every 15',
    'every 15m UTC',
    'cron "* * * * *"',
    'cron "* * *" UTC',
    'cron "* * * * *" Nowhere/AtAll',
    'cron * * * * * UTC',
    'at noon',
  ]) {
    assert.equal(readSchedule(text), undefined, text);
  }
});
