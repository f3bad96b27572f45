import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListenAddress } from '../../../src/options/listen-address.js';

test('listens on the loopback alone where there is no host', () => {
  assert.deepEqual(parseListenAddress('--http', '8080'), {
    host: '127.0.0.1',
    port: 8080,
    text: '8080',
    from: '--http',
  });
});

test('takes a name, an address, and an IPv6 address in brackets', () => {
  for (const [text, host, port] of [
    ['localhost:9100', 'localhost', 9100],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['[::]:65535', '::', 65535],
    ['[fe80::1%eth0]:8080', 'fe80::1%eth0', 8080],
    ['web-1.example.org:0', 'web-1.example.org', 0],
  ] as const) {
    assert.deepEqual(parseListenAddress('--http', text), { host, port, text, from: '--http' });
  }
});

test('refuses each mistake in a sentence that names where it came from', () => {
  const expected = 'expected a port such as 8080, or HOST:PORT such as 0.0.0.0:8080 or [::1]:8080';
  for (const [text, problem] of [
    ['http', 'where "http" is no port from 0 to 65535'],
    ['', 'where "" is no port from 0 to 65535'],
    ['127.0.0.1', 'where "127.0.0.1" is no port from 0 to 65535'],
    ['localhost:', 'where "" is no port from 0 to 65535'],
    ['65536', 'where "65536" is no port from 0 to 65535'],
    ['localhost:-1', 'where "-1" is no port from 0 to 65535'],
    [':8080', 'which has no host; write 0.0.0.0 for every interface, or the port alone'],
    ['::1:8080', 'whose host is no IPv6 address in brackets'],
    ['[127.0.0.1]:8080', 'where "[127.0.0.1]" is no host'],
    ['[::g]:8080', 'whose host is no IPv6 address in brackets'],
    ['*:8080', 'where "*" is no host'],
    ['http://localhost:8080', 'whose host is no IPv6 address in brackets'],
  ] as const) {
    assert.throws(() => parseListenAddress('ZK_LEADER_RUN_HTTP', text), {
      name: 'UsageError',
      exitCode: 125,
      message: `ZK_LEADER_RUN_HTTP: ${expected}, got ${JSON.stringify(text)}, ${problem}`,
    });
  }
});
