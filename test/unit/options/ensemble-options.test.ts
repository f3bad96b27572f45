import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { before, test } from 'node:test';
import type { Ensemble } from '../../../src/options/connect-string.js';
import { parseEnsembleOptions } from '../../../src/options/ensemble-options.js';
import type { Settings } from '../../../src/options/option.js';
import { tellEnsemble, toldSettings } from '../../../src/options/told.js';
import { parseTlsOptions } from '../../../src/options/tls-options.js';
import { identityOf, parseAuth } from '../../../src/zookeeper/auth-file.js';
import { Authority, type Identity } from '../../support/authority.js';
import { temporaryFolder } from '../../support/temporary.js';

const folder = temporaryFolder();
const authFile = secret('auth', '# of the fleet\n\ndigest:alice:se:cret \r\nensemble:blue\n');
let authority: Authority;
let ours: Identity;
let expired: Identity;
before(async () => {
  authority = await Authority.make('ours');
  [ours, expired] = await Promise.all([
    authority.issue('ours', 'DNS:ours'),
    authority.issue('expired', 'DNS:ours', -1),
  ]);
});

function secret(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function settings(texts: Readonly<Record<string, string>>): Settings {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { text, from: `--${name}` }]));
}

function parse(texts: Readonly<Record<string, string>>): Ensemble {
  return parseEnsembleOptions(settings(texts));
}

function tlsTexts({ certFile, keyFile }: Identity) {
  return { 'tls-cert': certFile, 'tls-key': keyFile };
}

const PLAIN = { servers: [{ host: 'zk1', port: 2181 }], chroot: '', text: 'zk1' };

test('has neither credentials nor TLS unless told, and TLS with any option of it', () => {
  assert.deepEqual(parse({ zookeeper: 'zk1' }), PLAIN);
  assert.deepEqual(parse({ zookeeper: 'zk1', tls: 'yes' }), { ...PLAIN, tls: {} });
  const name = { 'tls-servername': 'zk.test' };
  assert.deepEqual(parse({ zookeeper: 'zk1', ...name }), { ...PLAIN, tls: { serverName: 'zk.test' } });
  assert.deepEqual(parse({ zookeeper: 'zk1', ...name, tls: '0' }), PLAIN);
});

test('keeps where the files lie, from wherever it is started', () => {
  const here = (path: string) => relative(process.cwd(), path);
  const { certFile, keyFile } = ours;
  const { authFile: kept, tls } = parse({
    'auth-file': here(authFile),
    'tls-ca': here(authority.caFile),
    'tls-cert': here(certFile),
    'tls-key': here(keyFile),
  });
  assert.deepEqual([kept, tls], [authFile, { caFile: authority.caFile, certFile, keyFile }]);
});

test('tells the command where they lie, and reads that again', () => {
  const reached = parse({
    zookeeper: 'zk1',
    'auth-file': authFile,
    'tls-ca': authority.caFile,
    ...tlsTexts(ours),
  });
  const told = tellEnsemble(reached);
  assert.deepEqual(parseEnsembleOptions(toldSettings(told)), reached);
  // What an outer run has set is unset.
  assert.deepEqual(Object.keys(tellEnsemble(PLAIN)), Object.keys(told));
  assert.deepEqual(parseEnsembleOptions(toldSettings({ ...told, ...tellEnsemble(PLAIN) })), PLAIN);
});

test('reads credentials to the letter, and names whose they are', () => {
  const credentials = parseAuth(readFileSync(authFile, 'utf8'));
  assert.deepEqual(credentials, [
    { scheme: 'digest', auth: 'alice:se:cret ' },
    { scheme: 'ensemble', auth: 'blue' },
  ]);
  assert.deepEqual(credentials.map(identityOf), ['digest:alice', 'ensemble']);
});

test('refuses a file of credentials that is none, and repeats nothing of it', () => {
  for (const [text, problem] of [
    ['', 'in which there is none'],
    ['# digest:alice:secret', 'in which there is none'],
    ['secret', 'whose line 1 is not of that form'],
    ['# x\ndigest:secret', 'whose line 2 has no user and password behind digest:'],
    ['digest::secret', 'whose line 1 has no user and password behind digest:'],
    [
      'sasl:secret',
      'whose line 1 is of the scheme sasl, which zk-leader-run does not speak; use digest, or a client certificate',
    ],
    ['x509:secret', 'whose line 1 is of the scheme x509, which is shown by --tls-cert'],
  ] as const) {
    const path = secret('wrong', text);
    assert.throws(() => parse({ 'auth-file': path }), {
      name: 'UsageError',
      exitCode: 125,
      message: `--auth-file: expected a file with credentials such as digest:alice:secret, one on each line, got "${path}", ${problem}`,
    });
  }
});

test('refuses secrets that everybody may read or write, and takes a group', () => {
  for (const [mode, verb] of [
    [0o604, 'read'],
    [0o602, 'write'],
  ] as const) {
    const path = secret('open', 'digest:alice:secret', mode);
    assert.throws(() => parse({ 'auth-file': path }), {
      exitCode: 125,
      message: new RegExp(`got "${path}", which everybody on this machine may ${verb}; .*chmod o-rw`),
    });
  }
  assert.notEqual(parse({ 'auth-file': secret('group', 'digest:alice:secret', 0o440) }).authFile, undefined);
  const key = secret('key', readFileSync(ours.keyFile, 'utf8'), 0o644);
  assert.throws(() => parse({ 'tls-cert': ours.certFile, 'tls-key': key }), /--tls-key: .*may read/);
});

test('refuses what TLS cannot use, in a sentence', () => {
  const garbled = secret('garbled', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  const encrypted = join(folder, 'encrypted');
  const args = ['pkcs8', '-topk8', '-in', ours.keyFile, '-out', encrypted, '-passout', 'pass:secret'];
  assert.equal(spawnSync('openssl', args).status, 0);
  chmodSync(encrypted, 0o600);
  for (const [texts, message] of [
    [
      { 'tls-ca': join(folder, 'none') },
      /^--tls-ca: expected a file of certificates in PEM, got ".*none", which cannot be opened \(ENOENT\)/,
    ],
    [{ 'tls-ca': folder }, /^--tls-ca: .* which cannot be read \(EISDIR\); name a file$/],
    [{ 'tls-ca': ours.keyFile }, /^--tls-ca: .* in which there is none$/],
    [{ 'tls-ca': garbled }, /^--tls-ca: .* in which one cannot be read$/],
    [{ 'tls-cert': ours.certFile }, /^--tls-key: expected a file, got none beside --tls-cert; /],
    [{ 'tls-key': ours.keyFile }, /^--tls-cert: expected a file, got none beside --tls-key; /],
    [{ ...tlsTexts(ours), 'tls-key': authFile }, /^--tls-key: .* in which there is none$/],
    [
      { ...tlsTexts(ours), 'tls-key': encrypted },
      /^--tls-key: .* in which it is encrypted; decrypt it with openssl pkey/,
    ],
    [
      { ...tlsTexts(ours), 'tls-key': expired.keyFile },
      /^--tls-key: expected the key of the certificate in .*, which is another one's$/,
    ],
    [
      { 'tls-servername': 'zk 1' },
      /^--tls-servername: expected a host name such as zk\.example\.com, got "zk 1"$/,
    ],
  ] as const) {
    assert.throws(() => parse(texts), { name: 'UsageError', exitCode: 125, message });
  }
});

test('says 69 of a certificate of ours that is not valid now, since time mends it, or has', () => {
  assert.throws(() => parse(tlsTexts(expired)), {
    exitCode: 69,
    message:
      /^--tls-cert: expected a certificate that is valid now, got ".*", which has expired on \d{4}-.*Z; renew it$/,
  });
  assert.throws(() => parseTlsOptions(settings(tlsTexts(ours)), new Date(0)), {
    exitCode: 69,
    message: /^--tls-cert: .*, which is valid from \d{4}-.*Z on; is the clock of this machine right\?$/,
  });
});

test('looks at the first of several certificates, and takes a key beside them', () => {
  const chain = secret('chain', readFileSync(ours.certFile, 'utf8'));
  appendFileSync(chain, readFileSync(authority.caFile));
  appendFileSync(chain, readFileSync(ours.keyFile));
  assert.deepEqual(parse({ 'tls-cert': chain, 'tls-key': chain }).tls, { certFile: chain, keyFile: chain });
});
