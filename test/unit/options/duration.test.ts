import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../src/options/duration.js';

const MAX_DURATION_MS = 2 ** 31 - 1;

test('reads a number and its unit', () => {
  for (const [text, ms] of [
    ['500ms', 500],
    ['0ms', 0],
    ['0s', 0],
    ['10s', 10_000],
    ['1.5s', 1500],
    ['0.25s', 250],
    ['1.1s', 1100],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['007s', 7000],
    ['0.4ms', 0],
    ['2147483647ms', MAX_DURATION_MS],
  ] as const) {
    assert.equal(parseDuration('--margin', text), ms, text);
  }
});

test('refuses what is not exactly a number and its unit', () => {
  for (const text of [
    ...['10 sec', '10', '0', '', 's', '10 s', ' 10s', '10s ', '10S', '10sec', '-1s', '+1s', '.5s', '1.s'],
    ...['1,5s', '1e3ms', '0x10s', '1m30s', '10s\n', '١s', 'Infinitys', 'NaNs', 'forever', '10us', '1w'],
  ]) {
    assert.throws(() => parseDuration('--lease-grace', text), {
      name: 'UsageError',
      exitCode: 125,
      message: `--lease-grace: expected a duration such as 500ms, 10s or 2m, got ${JSON.stringify(text)}`,
    });
  }
});

test('refuses what a timer cannot hold, which would fire at once', () => {
  for (const text of ['2147483648ms', '25d', '9999999999999999999999h', `${'9'.repeat(400)}s`]) {
    assert.throws(() => parseDuration('--wait', text), {
      message:
        '--wait: expected at most 2147483647ms (24 days), which is all a timer can hold, ' +
        `got ${JSON.stringify(text)}`,
    });
  }
});

test('says what the option expects where that is more than a duration', () => {
  assert.throws(() => parseDuration('--wait', 'never', 'a duration or forever'), {
    message: '--wait: expected a duration or forever, got "never"',
  });
});

test('writes a duration in the unit a reader would take', () => {
  for (const [ms, text] of [
    [0, '0ms'],
    [1, '1ms'],
    [999, '999ms'],
    [1000, '1s'],
    [1500, '1.5s'],
    [90_000, '90s'],
    [120_000, '2m'],
    [3_600_000, '1h'],
    [86_400_000, '1d'],
    [61_234, '61.234s'],
    [7199.6, '7.2s'],
    [-300, '-300ms'],
    [-2000, '-2s'],
    [Infinity, 'forever'],
  ] as const) {
    assert.equal(formatDuration(ms), text);
  }
});

test('reads back every duration that it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_DURATION_MS }), (ms) => {
      assert.equal(parseDuration('--wait', formatDuration(ms)), ms);
    }),
  );
});
