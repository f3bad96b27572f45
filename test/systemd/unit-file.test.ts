// Proves that systemd understands the units, and that the one that is checked in is what the generator makes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.js';
import { readSettings } from '../../src/cli/environment.js';
import { systemdFiles } from '../../src/cli/systemd.js';
import { temporaryFolder } from '../support/temporary.js';
import { checkedIn, template, TEMPLATE } from './template.js';

/** What `systemd-analyze security` says of the units; it says 9.6 of one without any hardening. */
const EXPOSED_AT_MOST = 1.6;

const analyze = {
  skip: spawnSync('systemd-analyze', ['--version']).status === 0 ? false : 'there is no systemd-analyze here',
};

function printed(...words: readonly string[]): string {
  const parsed = parseArguments(['systemd', '--name=odd', '--print=unit', ...words], {});
  assert.equal(parsed.kind, 'systemd');
  const file = join(temporaryFolder(), 'zk-leader-run@odd.service');
  writeFileSync(file, systemdFiles(parsed.options));
  return file;
}

const UNITS: Readonly<Record<string, () => string>> = {
  'the template': () => TEMPLATE,
  'a printed unit': () => printed('--', '/bin/ls', '-l'),
  'a printed unit with a user, and words that mean something to systemd': () =>
    printed(
      '--user=daemon',
      '--',
      '/bin/ls',
      '%i',
      '%%',
      '$HOME',
      '${A',
      '"',
      "'",
      ';',
      '\\',
      'a\nb',
      '',
      '#x',
    ),
};

test('the template is what the generator makes; node dist/test/systemd/main.js writes it anew', () => {
  assert.equal(checkedIn(), template());
});

test('the example sets options that there are', () => {
  const example = readFileSync(new URL('../../../systemd/example/sync-job.env', import.meta.url), 'utf8');
  const lines = [...example.matchAll(/^#?(ZK_LEADER_RUN_\w+)=(.*)$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  const settings = readSettings(Object.fromEntries(lines) as NodeJS.ProcessEnv, 'run');
  assert.deepEqual(Object.keys(settings), ['zookeeper', 'election', 'stop-timeout']);
});

for (const [what, unit] of Object.entries(UNITS)) {
  test(`systemd has nothing to say against ${what}`, analyze, () => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', unit()], { encoding: 'utf8' });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  });

  test(`systemd finds ${what} exposed no more than is told`, analyze, () => {
    const threshold = `--threshold=${EXPOSED_AT_MOST * 10}`;
    const file = unit();
    const words = ['security', '--offline=true', '--no-pager', threshold, basename(file)];
    const { status, stdout } = spawnSync('systemd-analyze', words, {
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_UNIT_PATH: join(file, '..') },
    });
    assert.equal(status, 0, stdout);
  });
}
