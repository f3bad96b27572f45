// Proves what the real program tells a service manager, by a systemd-notify of ours that writes it down, and that
// nothing it starts could speak in its name. What a real systemd makes of it is in service.test.ts.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { Contender, MIDDLE_SESSION } from '../support/contender.js';
import { Ensemble } from '../support/ensemble.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';

const ensemble = await Ensemble.start({ tickTimeMs: 500 });
after(() => ensemble.stop());
const options = { timeout: 3 * PATIENCE_MS };
const withProc = { ...options, skip: process.platform !== 'linux' && 'there is no /proc here' };

/** Starts one whose systemd-notify does this before it writes down what it was told. */
function start(t: TestContext, election: string, command: string, script = '') {
  const folder = temporaryFolder();
  const record = join(folder, 'record');
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\n${script}\necho "$*" >>${record}\n`, {
    mode: 0o755,
  });
  const contender = new Contender({
    id: 'one',
    zookeeper: ensemble.connectString,
    election,
    command: ['/bin/sh', '-c', command],
    args: [...MIDDLE_SESSION],
    env: {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      NOTIFY_SOCKET: '/the/socket',
      WATCHDOG_USEC: '3000000',
    },
  });
  t.after(() => contender.end());
  return { contender, told: () => (existsSync(record) ? readFileSync(record, 'utf8') : '') };
}

test('tells each phase, and gives signs of life while it leads', options, async (t) => {
  const { contender, told } = start(t, '/tells', 'env; exec sleep 1000');
  await eventually('a second sign of life', () => /WATCHDOG=1[^]*WATCHDOG=1/.test(told()));
  contender.signal('SIGTERM');
  await withDeadline('its end', contender.exited);
  assert.match(
    told(),
    /^STATUS=Waiting for the ensemble .*EXTEND_TIMEOUT_USEC=3000000\n[^]*READY=1[^]*Leading \/tells, epoch \d+[^]*STOPPING=1[^]*STATUS=Ended: received SIGTERM\n$/,
  );
  assert.equal(told().match(/READY=1/g)?.length, 1);
});

test('leaves neither the socket nor the time limit to what it starts', withProc, async (t) => {
  const { contender } = start(t, '/inherits', 'env; echo that is all; exec sleep 1000');
  await contender.printed(/^that is all$/);
  const watchdog = readFileSync(`/proc/${await contender.watchdogPid()}/environ`, 'utf8').split('\0');
  for (const variable of [...watchdog, ...contender.output]) {
    assert.doesNotMatch(variable, /^(NOTIFY_SOCKET|WATCHDOG_)/);
  }
});

test('leads and ends as ever while systemd-notify hangs', options, async (t) => {
  const { contender, told } = start(t, '/hangs', 'echo begun; exit 3', 'exec sleep 1000');
  await contender.printed(/begun/);
  assert.deepEqual(await withDeadline('its end', contender.exited), { code: 3, signal: null });
  assert.equal(told(), '');
});
