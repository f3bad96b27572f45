import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAcl } from '../../../src/options/acl.js';
import { openTo, toEntries } from '../../../src/zookeeper/acl.js';

const OURS = { scheme: 'auth', id: '', permissions: 'cdrwa' };
const WORLD = { scheme: 'world', id: 'anyone' };

test('knows the usual ones by a word', () => {
  assert.equal(parseAcl('--acl', 'open', false), undefined);
  assert.deepEqual(parseAcl('--acl', 'creator', true), [OURS, { ...WORLD, permissions: 'r' }]);
  assert.deepEqual(parseAcl('--acl', 'private', true), [OURS]);
});

test('takes a list, with commas in names', () => {
  assert.deepEqual(parseAcl('--acl', 'auth::cdrwa,x509:CN=web1,O=Example:cdr,ip:10.0.0.0/8:r', true), [
    OURS,
    { scheme: 'x509', id: 'CN=web1,O=Example', permissions: 'cdr' },
    { scheme: 'ip', id: '10.0.0.0/8', permissions: 'r' },
  ]);
});

test('refuses each mistake in a sentence', () => {
  const expected =
    '--acl: expected open, creator, private, or SCHEME:ID:PERMISSIONS[,...] such as auth::cdrwa,world:anyone:r, got';
  for (const [text, problem] of [
    ['', ''],
    ['Open', ''],
    ['auth::cdrwa;r', ''],
    ['world:anyone:r,mine', ', where "mine" is not of that form'],
    ['auth::rwr', ', where rwr repeats itself'],
    ['world:all:r', ', where world is not followed by anyone'],
    ['auth:alice:r', ', where auth is followed by an id; it stands for our own'],
    ['digest::r', ', where digest has no id'],
  ] as const) {
    assert.throws(() => parseAcl('--acl', text, true), {
      name: 'UsageError',
      exitCode: 125,
      message: `${expected} ${JSON.stringify(text)}${problem}`,
    });
  }
  assert.throws(
    () => parseAcl('--acl', 'creator', false),
    /^UsageError: --acl: expected --auth-file or --tls-cert beside "creator"/,
  );
  assert.deepEqual(parseAcl('--acl', 'world:anyone:r', false), [{ ...WORLD, permissions: 'r' }]);
});

test('sees what everybody may change', () => {
  const open = (text: string) => openTo(toEntries(parseAcl('--acl', text, true) ?? []));
  assert.equal(open('private'), undefined);
  assert.equal(open('creator'), undefined);
  assert.equal(open('world:anyone:rwa,auth::cd'), 'world:anyone:wa');
  assert.equal(open('world:anyone:rd,world:anyone:rc'), 'world:anyone:cd');
});
