// Proves what a stranger without credentials may do to an election, and that no secret of ours is there for others to
// see: neither for whoever lists processes, nor for the command.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAcl } from '../../../src/options/acl.js';
import { parseConnectString } from '../../../src/options/connect-string.js';
import { inquire } from '../../../src/zookeeper/inquiry.js';
import { OwnZnode } from '../../../src/zookeeper/own-znode.js';
import { Ensemble } from '../../support/ensemble.js';
import { temporaryFolder } from '../../support/temporary.js';
import { PATIENCE_MS } from '../../support/wait.js';
import { PERMISSIONS, RawSession } from '../program/raw-session.js';
import { contend, endOf, newElection, options, processesOf, znodeOf } from '../program/stage.js';

const ensemble = await Ensemble.start();
const raw = await RawSession.open(ensemble.connectString);
after(async () => {
  await raw.close();
  await ensemble.stop();
});
const zookeeper = ensemble.connectString;

const SECRET = 'open-sesame';
const authFile = fileOf(`# who we are\ndigest:alice:${SECRET}\n`);
const wrongFile = fileOf('digest:alice:open-barley\n');
const SLEEP = ['sleep', '120'];

const NO_AUTH = { code: -102 };

const ONLY_US = '--acl: expected that nobody but us may change the election, and ';

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'auth');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

test(
  'keeps what it makes for its own credentials, readable to everybody, with --acl creator',
  options,
  async (t) => {
    const election = newElection();
    const args = ['--auth-file', authFile, '--acl', 'creator'];
    const leader = contend(t, { id: 'a', zookeeper, election, command: SLEEP, args });
    await leader.logged('command started');
    const znode = await znodeOf(leader);
    const parent = election.slice(0, election.lastIndexOf('/'));
    for (const path of [parent, election, `${election}.control`, znode]) {
      assert.deepEqual(await raw.acl(path), ['digest:alice:x:rwcda', 'world:anyone:r'], path);
      await assert.rejects(raw.write(path, 'mine'), NO_AUTH, path);
      await assert.rejects(raw.create(`${path}/mine`), NO_AUTH, path);
    }
    await assert.rejects(raw.remove(znode), NO_AUTH);
    await assert.rejects(raw.remove(`${election}.control`), NO_AUTH);
    assert.match((await raw.data(znode)).toString(), /"id":"a"/);

    const denied = async (shown: readonly string[], sentence: RegExp) => {
      const other = contend(t, { id: 'x', zookeeper, election, command: SLEEP, args: shown });
      assert.deepEqual(await endOf(other), { code: 69, signal: null });
      const { because } = await other.logged('denied by the ensemble', { level: 'error' });
      assert.match(String(because), sentence);
    };
    const denies = 'join at .*: the ensemble denies access \\(ACL\\) to';
    await Promise.all([
      denied(['--auth-file', wrongFile], new RegExp(`^${denies} digest:alice; are these the credentials`)),
      denied([], new RegExp(`^${denies} whoever shows no credentials; pass --auth-file$`)),
    ]);
    const next = contend(t, { id: 'b', zookeeper, election, command: SLEEP, args });
    await next.logged('standing by', { leader: 'a', behind: znode });
    leader.signal('SIGTERM');
    await next.logged('command started');
  },
);

test(
  'lets nobody else even look with --acl private, nor into what it was told to keep',
  options,
  async (t) => {
    const election = newElection();
    const env = { ZK_LEADER_RUN_AUTH_FILE: authFile, ZK_LEADER_RUN_ACL: 'private' };
    // The tree of processes is whatever stands there while the command is alive.
    const contender = contend(t, {
      id: 'a',
      zookeeper,
      election,
      command: ['sh', '-c', 'env; echo end; sleep 120'],
      env,
    });
    await contender.printed(/^end$/);
    await assert.rejects(raw.children(election), NO_AUTH);
    assert.ok(contender.output.includes(`ZK_LEADER_AUTH_FILE=${authFile}`), contender.story());
    const pids = [...new Set([contender.pid, await contender.watchdogPid(), ...processesOf(election)])];
    assert.ok(pids.length >= 3, pids.join());
    for (const pid of pids) {
      for (const file of ['cmdline', 'environ']) {
        assert.ok(!readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(SECRET), `${file} of ${pid}`);
      }
      assert.deepEqual(
        openFiles(pid).filter((path) => path === authFile),
        [],
      );
    }
    assert.ok(!contender.story().includes(SECRET));
  },
);

test('does not join where the path is open to everybody, if it was told otherwise', options, async (t) => {
  const election = `/open-${process.pid}`;
  const args = ['--auth-file', authFile, '--acl', 'creator', '--every', '1h'];
  await raw.create(election);
  const contender = contend(t, { id: 'a', zookeeper, election, command: SLEEP, args });
  assert.deepEqual(await endOf(contender), { code: 125, signal: null });
  const { because } = await contender.logged('refused to stand for election');
  assert.ok(String(because).startsWith(`${ONLY_US}${election} is world:anyone:cdwa; `), contender.story());
});

test('does not join where everybody may replace what belongs to the election', options, async () => {
  const election = `/replaced-${process.pid}`;
  for (const open of [`${election}.control`, `${election}.runs`]) {
    await raw.create(open);
    assert.ok((await refusalAt(election)).startsWith(`${ONLY_US}${open} is world:anyone:cdwa; `), open);
    await raw.remove(open);
  }
  // All that stands there is ours by now.
  const above = 'which it stands in, is world:anyone:cda; ';
  assert.ok((await refusalAt(election)).startsWith(`${ONLY_US}/, ${above}`));
  await raw.create(`${election}-too`);
  assert.ok((await refusalAt(`${election}-too/job`)).startsWith(`${ONLY_US}${election}-too, ${above}`));
  // Whoever may make elections need not have a right to anything above.
  await raw.permit(`${election}-too`, PERMISSIONS.none);
  assert.equal(await refusalAt(`${election}-too/job`), 'none: joined');
});

/** Why a contender of ours does not join there. */
async function refusalAt(electionPath: string): Promise<string> {
  const acl = parseAcl('--acl', 'creator', true) ?? [];
  const { servers, chroot } = parseConnectString('-z', zookeeper);
  const reached = { servers, chroot, authFile, acl };
  const data = { id: 'a', host: 'web1', pid: 1, command: './job.sh', since: '2026-11-22T12:00:00Z' };
  const own = new OwnZnode({
    ensemble: reached,
    electionPath,
    pattern: { prefix: undefined },
    keepsLedger: true,
    data,
  });
  const reply = await inquire({
    ensemble: reached,
    timeoutMs: PATIENCE_MS,
    clock: () => performance.now(),
    ask: (session) => own.join(session, 0),
  });
  if (reply.kind === 'unknown') return reply.because;
  return reply.answer.type === 'refused' ? reply.answer.message : `none: ${reply.answer.type}`;
}

function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      return '';
    }
  });
}
