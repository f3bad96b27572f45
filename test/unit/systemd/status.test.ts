import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Phase, State } from '../../../src/election/model.js';
import { statusOf } from '../../../src/systemd/status.js';
import { at, JobWalk, left, SCHEDULED } from '../jobs/walk.js';
import { SETTINGS } from '../settings.js';
import { BEHIND, LEADING, stateOf, STOPPING, SUSPENDED, ZNODE } from './stage.js';

const AROUND = { settings: SETTINGS, electionPath: '/jobs/sync', ensemble: 'zk1,zk2', leader: 'web1' };

function status(phase: Phase, session?: State['session'], leader: string | undefined = 'web1'): string {
  return statusOf(stateOf(phase, session), { ...AROUND, leader });
}

test('describes every phase in one line', () => {
  const asked = { kind: 'asked', signal: 'SIGTERM' } as const;
  for (const [phase, line] of [
    [{ name: 'connecting' }, 'Waiting for a watchdog'],
    [{ name: 'joining', step: 'surveying' }, 'Joining /jobs/sync'],
    [
      { name: 'standby', znode: ZNODE, standing: { kind: 'unknown' }, announced: false },
      'In line of /jobs/sync',
    ],
    [
      { name: 'standby', znode: ZNODE, standing: { kind: 'barred' }, announced: false },
      'First in line of /jobs/sync, and not leading: strangers stand there',
    ],
    [BEHIND, 'Standing by at place 2 of /jobs/sync, web1 leads'],
    [{ name: 'elected', znode: ZNODE, since: 0 }, 'Elected in /jobs/sync, waiting for a lease with room'],
    [LEADING, 'Leading /jobs/sync, epoch 17'],
    [STOPPING, 'Ending the command: received SIGTERM'],
    [
      { name: 'idle', znode: ZNODE, since: 0, term: LEADING.term, claim: undefined },
      'Leading /jobs/sync, epoch 17, between runs',
    ],
    [{ name: 'away' }, 'Out of the line of /jobs/sync: somebody else is to try first'],
    [
      { name: 'resigning', znode: ZNODE, lastWords: [], next: { kind: 'rejoin' }, giveUpAt: 0 },
      'Giving its place in /jobs/sync back',
    ],
    [{ name: 'ended', ending: asked }, 'Ended: received SIGTERM'],
  ] as const satisfies readonly (readonly [Phase, string])[]) {
    assert.equal(status(phase), line);
  }
});

test('says when the connection is lost, and whom it waits for', () => {
  assert.equal(status({ name: 'connecting' }, { status: 'opening' }), 'Waiting for the ensemble zk1,zk2');
  assert.equal(
    status(LEADING, SUSPENDED),
    'Leading /jobs/sync, epoch 17; the connection to the ensemble is lost',
  );
});

test('is one line of printable characters, whatever stands in the znode of another', () => {
  const rogue = statusOf(stateOf(BEHIND), { ...AROUND, leader: `x\nREADY=1\u0000${'y'.repeat(1000)}` });
  assert.match(rogue, /^Standing by at place 2 of \/jobs\/sync, x READY=1 y{1,300}\.\.\.$/);
  assert.equal(rogue.length, 300);
});

test('names no leader that nobody has told', () => {
  assert.equal(
    statusOf(stateOf(BEHIND), { ...AROUND, leader: undefined }),
    'Standing by at place 2 of /jobs/sync',
  );
});

test('names the run of a job, and between two of them the next tick', () => {
  const walk = new JobWalk(SCHEDULED, () => []).lead(left([]));
  const told = (): string => statusOf(walk.state, { ...AROUND, settings: walk.settings });
  assert.equal(told(), `Leading /jobs/sync, epoch 17, between runs, next tick ${at(10)}`);
  walk.passTo(10_000);
  const inRun = 'Leading /jobs/sync, epoch 17, run 17-1';
  assert.equal(told(), inRun);
  walk.written();
  assert.equal(told(), inRun);
  walk.take({ type: 'child-exited', exit: { kind: 'code', code: 0 } });
  assert.equal(told(), inRun);
  walk.take({ type: 'tree-empty' });
  assert.equal(told(), `Leading /jobs/sync, epoch 17, between runs, next tick ${at(20)}`);
});
