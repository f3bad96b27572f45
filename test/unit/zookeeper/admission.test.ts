// When nobody will ever let us in, and when somebody still may.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission } from '../../../src/zookeeper/admission.js';
import { describeEnd, refusalOf } from '../../../src/zookeeper/refusal.js';
import { AuthRefused } from '../../../src/zookeeper/workarounds/d12-auth.js';

const ZK1 = { host: 'zk1', port: 2281 };
const ZK2 = { host: '::1', port: 2281 };

function coded(code: string, message = 'some words\nand more'): Error {
  return Object.assign(new Error(message), { code });
}

const EXPIRED = coded('CERT_HAS_EXPIRED');
const UNREACHABLE = coded('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:2281');

function admission(tls = {}) {
  const told: string[] = [];
  const of = new Admission(
    { servers: [ZK1, ZK2], chroot: '', tls },
    {
      failed: ({ host }, reason, refused) => told.push(`${host} ${refused ? 'never' : 'not yet'}: ${reason}`),
      denied: (message) => told.push(`denied: ${message}`),
    },
  );
  const fail = (server: typeof ZK1, error: Error): void => {
    of.attempt(server);
    of.failed(error);
  };
  return { of, fail, told };
}

const WHY = 'its certificate, or one above it, has expired';

test('is denied when the last of all servers has refused us, once', () => {
  const { fail, told } = admission();
  fail(ZK1, EXPIRED);
  fail(ZK1, EXPIRED);
  fail(ZK2, new AuthRefused());
  assert.deepEqual(told, [
    `zk1 never: ${WHY}`,
    `zk1 never: ${WHY}`,
    `denied: zk1:2281: ${WHY}; [::1]:2281: it refuses a credential of --auth-file`,
  ]);
  fail(ZK1, EXPIRED);
  assert.deepEqual(told.slice(3), [`zk1 never: ${WHY}`]);
});

test('goes on while one server may still let us in, and for ever once one has', () => {
  const { of, fail, told } = admission();
  fail(ZK1, EXPIRED);
  fail(ZK2, UNREACHABLE);
  fail(ZK1, UNREACHABLE);
  fail(ZK2, EXPIRED);
  assert.ok(!told.some((line) => line.startsWith('denied')), told.join('\n'));
  of.settle();
  fail(ZK1, EXPIRED);
  assert.deepEqual(told.slice(1), [
    '::1 not yet: connect ECONNREFUSED 10.0.0.1:2281',
    'zk1 not yet: connect ECONNREFUSED 10.0.0.1:2281',
    `::1 never: ${WHY}`,
    `zk1 never: ${WHY}`,
  ]);
});

test('takes nothing for a refusal that a network may do', () => {
  for (const code of [
    'ECONNRESET',
    'ECONNREFUSED',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'EPIPE',
  ]) {
    assert.equal(refusalOf(coded(code), {}), undefined, code);
  }
  assert.equal(refusalOf(undefined, {}), undefined);
  assert.equal(refusalOf(new Error('no answer in 500ms'), {}), undefined);
  // Without TLS there are no certificates.
  assert.equal(refusalOf(EXPIRED, undefined), undefined);
});

test('tells what a server says of our certificate, or of none', () => {
  const certificate = { certFile: '/crt', keyFile: '/key' };
  for (const [code, files, sentence] of [
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', {}, /^it wants a certificate of ours \(bad certificate\)/],
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      {},
      /^it wants a certificate of ours \(certificate required\)/,
    ],
    [
      'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN',
      certificate,
      /^it does not accept our certificate \(certificate unknown\)/,
    ],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', certificate, /^it does not accept our certificate \(unknown ca\)/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', certificate, /^it ends TLS: protocol version$/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', certificate, /^TLS fails: ERR_SSL_WRONG_VERSION_NUMBER$/],
    ['CRL_HAS_EXPIRED', certificate, /^its certificate will not do: CRL_HAS_EXPIRED$/],
  ] as const) {
    assert.match(refusalOf(coded(code), files) ?? '', sentence);
  }
});

test('describes any end in a few words', () => {
  assert.equal(describeEnd(undefined), 'it hangs up');
  assert.equal(describeEnd(EXPIRED), 'some words');
  // Node tries several addresses of one name, and has no words for it.
  assert.equal(describeEnd(coded('ECONNREFUSED', '')), 'ECONNREFUSED');
});
