// Proves that the units do what they say under a real systemd, on a machine of their own: they start, hand over, stop,
// and are killed and started again when the supervisor is killed or stands still. One boot for all; the order matters.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { PATIENCE_MS, eventually } from '../support/wait.js';
import { FILES, ODD_ID, ODD_RECORD, ODD_WORDS, START_LIMIT_MS, TRACE } from './job.js';
import { Machine } from './machine.js';

const missing = await Machine.missing();
const booted = missing ?? (await Machine.boot(FILES));

suite('the unit', { skip: typeof booted === 'string' && booted }, () => {
  if (typeof booted === 'string') return;
  const machine = booted;
  const options = { timeout: 4 * PATIENCE_MS };

  before(async () => {
    await machine.mustRun('chmod', '0777', '/machine/job', TRACE);
  });
  after(() => machine.powerOff());

  const unitOf = (instance: string): string => `zk-leader-run@${instance}.service`;

  async function show(instance: string): Promise<Readonly<Record<string, string>>> {
    const text = await machine.mustRun('systemctl', 'show', unitOf(instance));
    return Object.fromEntries(
      text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }

  async function until(
    instance: string,
    what: string,
    question: (shown: Readonly<Record<string, string>>) => boolean,
  ): Promise<Readonly<Record<string, string>>> {
    try {
      return await eventually(`${instance} ${what}`, async () => {
        const shown = await show(instance);
        return question(shown) && shown;
      });
    } catch (cause) {
      const { stdout } = await machine.run('journalctl', '--no-pager', '-n', '60', '-o', 'short-monotonic');
      throw new Error(`${instance} is not ${what}:\n${stdout}`, { cause });
    }
  }

  const untilStatus = (instance: string, status: RegExp) =>
    until(instance, `to say ${String(status)}`, ({ StatusText = '' }) => status.test(StatusText));

  const trace = (): string[] => machine.read(TRACE).split('\n').slice(0, -1);
  /** What the jobs have written, without the numbers of their terms. */
  const story = (): string[] => trace().map((line) => line.replace(/, .*/, ''));

  async function journal(instance: string): Promise<string> {
    return machine.mustRun('journalctl', '--no-pager', '-o', 'cat', '-u', unitOf(instance));
  }

  /** The processes of the job, its daemon among them. */
  async function processesOf(instance: string): Promise<string> {
    return (await machine.run('pgrep', '-f', `^/bin/sh /machine/job ${instance}$|daemon of ${instance}$`))
      .stdout;
  }

  async function restartsOf(instance: string): Promise<number> {
    return Number((await show(instance))['NRestarts']);
  }

  async function signalSupervisor(instance: string, signal: string): Promise<void> {
    await machine.mustRun('systemctl', 'kill', '--kill-whom=main', `--signal=${signal}`, unitOf(instance));
  }

  test('waits for its ensemble for longer than TimeoutStartSec, and says so', options, async () => {
    await machine.mustRun('systemctl', 'start', '--no-block', unitOf('odd'));
    const shown = await until('odd', 'to wait for long', ({ SubState, ExecMainStartTimestampMonotonic }) => {
      const ageMs = Number(process.hrtime.bigint()) / 1e6 - Number(ExecMainStartTimestampMonotonic) / 1000;
      return SubState === 'start' && ageMs > 1.5 * START_LIMIT_MS;
    });
    assert.equal(shown['StatusText'], 'Waiting for the ensemble 127.0.0.1:2181');
  });

  test('is started once it stands in line, with a cgroup for its command', options, async () => {
    await machine.mustRun('systemctl', 'start', 'zookeeper');
    await machine.mustRun('systemctl', 'start', unitOf('one'));
    await untilStatus('one', /^Leading \/jobs, epoch \d+$/);
    await machine.mustRun('systemctl', 'start', unitOf('two'));
    assert.match((await show('two'))['StatusText'] ?? '', /^(?:In line of|Standing by)/);
    await untilStatus('two', /^Standing by at place 2 of \/jobs, one leads$/);
    assert.equal((await show('one'))['ActiveState'], 'active');
    await eventually('the job to begin', () => story().length > 0);
    assert.deepEqual(
      trace().map((line) => line.replace(/\d+, /, '')),
      ['begin one, epoch told 0'],
    );
    assert.match(await journal('one'), /watchdog ready containment=cgroup/);
  });

  test('hands over when it is stopped, and has stopped without a complaint', options, async () => {
    await machine.mustRun('systemctl', 'stop', unitOf('one'));
    const { ActiveState, Result } = await show('one');
    assert.deepEqual({ ActiveState, Result }, { ActiveState: 'inactive', Result: 'success' });
    await untilStatus('two', /^Leading/);
    await eventually('the next job to begin', () => story().length >= 3);
    assert.deepEqual(story(), ['begin one', 'end one', 'begin two']);
    await machine.mustRun('systemctl', 'start', unitOf('one'));
  });

  test('ends the job with the supervisor that is killed, and starts that again', options, async () => {
    await untilStatus('one', /^Standing by/);
    assert.notEqual(await processesOf('two'), '');
    const restarts = await restartsOf('two');
    await signalSupervisor('two', 'SIGKILL');
    await eventually('the end of the job', async () => (await processesOf('two')) === '');
    // The watchdog has gone with it, so its session has to run out.
    await untilStatus('one', /^Leading/);
    await untilStatus('two', /^Standing by at place 2 of \/jobs, one leads$/);
    assert.ok((await restartsOf('two')) > restarts);
    await eventually('the next job to begin', () => story().length >= 4);
    assert.deepEqual(story().slice(3), ['begin one']);
  });

  test('ends a supervisor that stands still, with its job, and starts it again', options, async () => {
    const expiries = async () => (await journal('one')).split('Watchdog timeout').length;
    const before = await expiries();
    const restarts = await restartsOf('one');
    await signalSupervisor('one', 'SIGSTOP');
    await eventually('the restart', async () => (await restartsOf('one')) > restarts);
    assert.ok((await expiries()) > before);
    await untilStatus('two', /^Leading/);
    await untilStatus('one', /^Standing by at place 2 of \/jobs, two leads$/);
    await eventually('the next job to begin', () => story().length >= 5);
    assert.equal(story()[4], 'begin two');
    assert.equal(await processesOf('one'), '');
  });

  test('runs what was printed, and systemd changes no word of it', options, async () => {
    await until('odd', 'to be started', ({ ActiveState }) => ActiveState === 'active');
    const record = await eventually('the words of the command', () => machine.read(ODD_RECORD));
    assert.deepEqual(record.split('\0'), [ODD_ID, ...ODD_WORDS, '']);
  });

  test('leaves nothing behind', options, async () => {
    await machine.mustRun('systemctl', 'stop', 'zk-leader-run@*');
    for (const instance of ['one', 'two', 'odd']) {
      const { ActiveState, Result } = await show(instance);
      assert.deepEqual({ ActiveState, Result }, { ActiveState: 'inactive', Result: 'success' });
    }
    assert.equal((await machine.run('pgrep', '-f', 'zk-leader-run|/machine/job|daemon of')).stdout, '');
  });
});
