import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { optionsOf, shownOptions, subcommandNames, subcommands } from '../../../src/cli/subcommands.js';
import { manualPage } from '../../../src/manual/page.js';
import { readVersion } from '../../../src/version.js';

const page = manualPage(readVersion());

test('is the page that the package has', () => {
  const kept = readFileSync(new URL('../../../../man/zk-leader-run.1', import.meta.url), 'utf8');
  assert.equal(kept, page, 'man/zk-leader-run.1 is out of date: npm run man makes it anew');
});

test('is named in a list, the one form in which npm installs it', () => {
  const manifest = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8');
  assert.match(manifest, /"man": \[\s*"\.\/man\/zk-leader-run\.1"\s*\]/);
});

test('tells every subcommand and every option that the help tells', () => {
  for (const name of subcommandNames) {
    assert.ok(page.includes(subcommands[name].summary.replaceAll("'", '\\(aq')), name);
    for (const option of shownOptions(Object.entries(optionsOf(name)))) {
      assert.ok(page.includes(`\\fB\\-\\-${option.replaceAll('-', '\\-')}\\fR`), option);
    }
  }
  assert.doesNotMatch(page, /znode\\-prefix|undefined/);
});

const noGroff = spawnSync('groff', ['--version']).status === 0 ? false : 'there is no groff here';

test('is a page that groff has nothing to say about', { skip: noGroff }, () => {
  const { stderr, status } = spawnSync('groff', ['-man', '-z', '-wall'], { input: page, encoding: 'utf8' });
  assert.deepEqual([stderr, status], ['', 0]);
});
