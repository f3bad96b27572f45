import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberAt, parseMembers } from '../../../src/zookeeper/membership.js';

const CONFIG = `server.1=zk1.example:2888:3888:participant;0.0.0.0:2181
server.2=10.0.0.2:2888:3888;2182
server.3=[fd00::3]:2888:3888:observer;[fd00::3]:2181
server.4=one:2888:3888|two:2889:3889:observer;one:2181
server.5=zk5:2888:3888:participant
group.1=1:2
version=100000000`;

test('reads every way in which a server may be written', () => {
  assert.deepEqual(
    parseMembers(CONFIG).map(({ id, host, role, clientHost, clientPort }) => [
      id,
      host,
      role,
      clientHost,
      clientPort,
    ]),
    [
      [1, 'zk1.example', 'participant', '0.0.0.0', 2181],
      [2, '10.0.0.2', 'participant', undefined, 2182],
      [3, 'fd00::3', 'observer', 'fd00::3', 2181],
      [4, 'one', 'observer', 'one', 2181],
      [5, 'zk5', 'participant', undefined, undefined],
    ],
  );
});

test('finds none in the configuration of a server that stands alone, or in what is none', () => {
  for (const text of ['', 'version=0', 'server.x=zk1:1:2', 'server.1=zk1', '{}']) {
    assert.deepEqual(parseMembers(text), []);
  }
});

test('tells the member that a connect string names, if it can be told', () => {
  const members = parseMembers(CONFIG);
  const idAt = (host: string, port: number) => memberAt(members, { host, port })?.id;
  assert.equal(idAt('zk1.example', 2181), 1);
  assert.equal(idAt('zk1.example', 2182), undefined);
  assert.equal(idAt('10.0.0.2', 2182), 2);
  assert.equal(idAt('fd00::3', 2181), 3);
  assert.equal(idAt('zk5', 2199), 5);
  assert.equal(idAt('alias', 2181), undefined);
  const onOneHost = parseMembers('server.1=host:1:2:participant\nserver.2=host:3:4:observer');
  assert.equal(memberAt(onOneHost, { host: 'host', port: 2181 }), undefined);
});
