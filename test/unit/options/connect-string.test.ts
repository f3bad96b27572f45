import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseConnectString, type ConnectString } from '../../../src/options/connect-string.js';

const parse = (text: string) => parseConnectString('--zookeeper', text);

test('reads hosts, ports, IPv6 literals and a chroot', () => {
  for (const [text, servers, chroot] of [
    ['zk1', [['zk1', 2181]], ''],
    ['zk1:2182', [['zk1', 2182]], ''],
    ['127.0.0.1:1', [['127.0.0.1', 1]], ''],
    ['zk_1.example.com.:65535', [['zk_1.example.com.', 65535]], ''],
    ['[::1]', [['::1', 2181]], ''],
    ['[::1]:2182', [['::1', 2182]], ''],
    ['[fe80::1%eth0]:2181', [['fe80::1%eth0', 2181]], ''],
    // prettier-ignore
    ['a,b:2182,[2001:db8::2]:2183/jobs/night', [['a', 2181], ['b', 2182], ['2001:db8::2', 2183]], '/jobs/night'],
    ['a/x', [['a', 2181]], '/x'],
    ['a/zookeeper-jobs', [['a', 2181]], '/zookeeper-jobs'],
    ['host:2181/', [['host', 2181]], ''],
  ] as const) {
    const expected = { servers: servers.map(([host, port]) => ({ host, port })), chroot };
    assert.deepEqual(parse(text), expected, text);
  }
});

test('names the part that is wrong', () => {
  for (const [text, problem] of [
    ['', ', where a server is missing'],
    ['/jobs', ', where a server is missing'],
    ['a,,b', ', where a server is missing'],
    ['a,', ', where a server is missing'],
    [',a', ', where a server is missing'],
    ['a, b', ', which has a space in it'],
    ['a:2181\n', ', which has a space in it'],
    ['a:0', ', where the port of "a:0" is not one from 1 to 65535'],
    ['a:65536', ', where the port of "a:65536" is not one from 1 to 65535'],
    ['a:', ', where the port of "a:" is not one from 1 to 65535'],
    ['b,a:-1', ', where the port of "a:-1" is not one from 1 to 65535'],
    ['a:1e3', ', where the port of "a:1e3" is not one from 1 to 65535'],
    ['[::1]:x', ', where the port of "[::1]:x" is not one from 1 to 65535'],
    ['[::1]:', ', where the port of "[::1]:" is not one from 1 to 65535'],
    ['::1', ', where "::1" has no brackets; write an IPv6 address as in [::1]:2181'],
    [
      'a,2001:db8::1:2181',
      ', where "2001:db8::1:2181" has no brackets; write an IPv6 address as in [::1]:2181',
    ],
    ['[a]:2181', ', where "[a]:2181" is no IPv6 address in brackets such as [::1]:2181'],
    ['[127.0.0.1]', ', where "[127.0.0.1]" is no IPv6 address in brackets such as [::1]:2181'],
    ['[]', ', where "[]" is no IPv6 address in brackets such as [::1]:2181'],
    ['[::1', ', where "[::1" is no IPv6 address in brackets such as [::1]:2181'],
    ['[::1]2181', ', where "[::1]2181" is no IPv6 address in brackets such as [::1]:2181'],
    [':2181', ', where "" is no host name'],
    ['a;b', ', where "a;b" is no host name'],
    ['user@a', ', where "user@a" is no host name'],
    ['zk://a:2181', ', where the port of "zk:" is not one from 1 to 65535'],
    ['a/x,b', '; the chroot is written once, after the last server'],
    ['a/x,b/x', '; the chroot is written once, after the last server'],
    ['a/,b', '; the chroot is written once, after the last server'],
    ['a/x/', ', with the chroot "/x/", which ends with /'],
    ['a//x', ', with the chroot "//x", which has an empty segment (//)'],
    ['a//', ', with the chroot "//", which ends with /'],
    ['a/x/../y', ', with the chroot "/x/../y", which has a segment . or ..'],
    ['a/.', ', with the chroot "/.", which has a segment . or ..'],
    ['a/x\0', ', with the chroot "/x\\u0000", which has a character that ZooKeeper refuses'],
    [
      'a/zookeeper/x',
      ', with the chroot "/zookeeper/x", which is in /zookeeper, where ZooKeeper keeps its own',
    ],
  ] as const) {
    assert.throws(() => parse(text), {
      name: 'UsageError',
      exitCode: 125,
      message:
        `--zookeeper: expected host[:port][,host[:port]...][/chroot], ` +
        `got ${JSON.stringify(text)}${problem}`,
    });
  }
});

/** Writes a connect string with every port spelt out. */
function format({ servers, chroot }: ConnectString): string {
  const members = servers.map(
    ({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${String(port)}`,
  );
  return members.join(',') + chroot;
}

test('reads every connect string back to what it was written from', () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[a-z0-9_-]{1,20}$/));
  const server = fc.record({ host, port: fc.integer({ min: 1, max: 65535 }) }, { noNullPrototype: true });
  const chroot = fc
    .array(fc.stringMatching(/^[a-zé_][a-z0-9:_-]{0,9}$/), { maxLength: 3 })
    .filter(([first]) => first !== 'zookeeper')
    .map((segments) => segments.map((segment) => `/${segment}`).join(''));
  const servers = fc.array(server, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.record({ servers, chroot }, { noNullPrototype: true }), (parsed) => {
      assert.deepEqual(parse(format(parsed)), parsed);
    }),
  );
});

test('never throws anything but a sentence for the operator', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a:,/[\]1.]*$/)), (text) => {
      try {
        const { servers } = parse(text);
        assert.ok(servers.length > 0);
        assert.ok(servers.every(({ host, port }) => host !== '' && port >= 1 && port <= 65535));
      } catch (error) {
        assert.equal(error instanceof Error && error.name, 'UsageError');
      }
    }),
  );
});
