import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookVariables, sideEnvironment } from '../../../src/cli/hook-environment.js';

test('tells a hook its event, and the reason in one line', () => {
  assert.deepEqual(hookVariables('elected'), { ZK_LEADER_EVENT: 'elected' });
  assert.deepEqual(hookVariables('lost', { kind: 'exited', exit: { kind: 'code', code: 3 } }), {
    ZK_LEADER_EVENT: 'lost',
    ZK_LEADER_REASON: 'the command exited with 3',
  });
  const { ZK_LEADER_REASON: reason } = hookVariables('lost', {
    kind: 'lost',
    reason: 'one\r\n\u0000two\u009b',
  });
  assert.equal(reason, 'leadership lost: one two ');
});

for (const role of ['standby', 'check'] as const)
  test(`gives a ${role} process no epoch, not even that of the term that we are run in`, () => {
    const inherited = {
      PATH: '/bin',
      ZK_LEADER_ELECTION: '/outer',
      ZK_LEADER_EPOCH: '17',
      ZK_LEADER_ZNODE: '/outer/n',
      ZK_LEADER_REASON: 'of an outer hook',
    };
    assert.deepEqual(sideEnvironment(role, inherited, { ZK_LEADER_ELECTION: '/e', ZK_LEADER_ID: 'web1' }), {
      PATH: '/bin',
      ZK_LEADER_ELECTION: '/e',
      ZK_LEADER_ID: 'web1',
      ZK_LEADER_EVENT: role,
    });
  });
