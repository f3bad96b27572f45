import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { parseConfigFile } from '../../../src/cli/config-file.js';
import { systemdFiles } from '../../../src/cli/systemd.js';
import { RUN_ONCE } from '../../../src/election/job.js';
import type { JobPolicy } from '../../../src/options/job-options.js';
import { resolveCommand } from '../../../src/options/command.js';
import { variableName } from '../../../src/options/option.js';
import type { RunOptions } from '../../../src/options/options.js';

const SURROUNDINGS = { searchPath: '/bin:/usr/bin', cwd: '/', host: 'web1', pid: 4711 };

function run(words: readonly string[], env: Readonly<Record<string, string>> = {}, file = ''): RunOptions {
  const placed = parseConfigFile('job.yaml', file);
  const parsed = parseArguments([...words, '--', 'ls'], env, () => SURROUNDINGS, placed);
  assert.equal(parsed.kind, 'run');
  return parsed.options;
}

function refuses(line: string, message: string | RegExp): void {
  assert.throws(() => run(line.split(' ')), { name: 'UsageError', message }, line);
}

const ONCE: JobPolicy = { ...RUN_ONCE, schedule: undefined, oncePer: undefined, jitterMs: 0 };

/** What a job has that one without options has not. */
function differences(...words: readonly string[]): Partial<JobPolicy> {
  const { schedule, ...job } = run(words).job;
  const told = Object.entries({ ...job, seed: 0, ...(schedule && { schedule: schedule.text }) });
  return Object.fromEntries(
    told.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(ONCE[name as keyof JobPolicy])),
  );
}

test('runs the command once where nothing is said of it', () => {
  const { job, skipCode, checkCommand } = run([]);
  assert.deepEqual({ ...job, seed: 0 }, ONCE);
  assert.deepEqual([skipCode, checkCommand], [0, undefined]);
});

test('takes what is to follow when the command ends', () => {
  assert.deepEqual(
    differences(
      ...['--on-exit=restart', '--on-failure=resign', '--restart-delay=2s', '--restart-delay-max=5m'],
      ...['--max-restarts=5/10m', '--max-runtime=1h', '--history=7'],
    ),
    {
      onExit: 'restart',
      onFailure: 'resign',
      restartDelayMs: 2000,
      restartDelayMaxMs: 300_000,
      maxRestarts: { count: 5, periodMs: 600_000 },
      maxRuntimeMs: 3_600_000,
      history: 7,
    },
  );
});

test('follows a failure as it follows a success where nothing else is said', () => {
  for (const [words, onExit, onFailure] of [
    [['--on-exit=restart'], 'restart', 'restart'],
    [['--on-failure=restart'], 'exit', 'restart'],
    [['--every=1h'], 'stay', 'stay'],
    [['--every=1h', '--on-failure=restart'], 'stay', 'restart'],
    [['--every=1h', '--on-exit=resign'], 'resign', 'resign'],
    [['--every=1h', '--on-exit=exit', '--on-failure=resign'], 'exit', 'resign'],
    [['--once-per=1h', '--on-exit=exit'], 'exit', 'exit'],
  ] as const) {
    const { job } = run(words);
    assert.deepEqual([job.onExit, job.onFailure], [onExit, onFailure], words.join(' '));
  }
});

test('takes a schedule, and how it is to be kept', () => {
  const stay = { onExit: 'stay', onFailure: 'stay' };
  assert.deepEqual(differences('--every=900s'), { ...stay, schedule: 'every 15m' });
  assert.deepEqual(
    differences(
      ...['--cron', ' 0  3 * * * ', '--timezone=Europe/Berlin', '--overlap=queue', '--jitter=30s'],
      ...['--catch-up=0s', '--rerun-interrupted', '--history=500'],
    ),
    {
      ...stay,
      schedule: 'cron "0 3 * * *" Europe/Berlin',
      overlap: 'queue',
      jitterMs: 30_000,
      catchUpMs: 0,
      rerunInterrupted: true,
      history: 500,
    },
  );
  for (const cron of ['0 0 3 * * *', '@daily', '*/5 8-17 * * MON-FRI', '0 0 L * *', '0 12 * * FRI#2']) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    assert.equal(run(['--cron', cron]).job.schedule?.text, `cron "${cron}" ${zone}`);
  }
});

test('takes what a run is done once for', () => {
  for (const [text, oncePer] of [
    ['1h', { kind: 'window', windowMs: 3_600_000 }],
    ['2026-11-22T03:00+01:00', { kind: 'name', name: '2026-11-22T03:00+01:00' }],
    ['builds/4711', { kind: 'name', name: 'builds/4711' }],
  ] as const) {
    assert.deepEqual(differences('--once-per', text), { oncePer });
  }
  assert.equal(run(['--once-per=1h', '--skip-code=75']).skipCode, 75);
});

test('refuses to wait for less than a check needs to pass', () => {
  const needed = 'expected more than 5s, which the check needs to pass 2 times';
  refuses(
    '--check true --wait 5s',
    `--wait: ${needed}, got "5s"; lengthen it, or lower --check-rise or --check-interval`,
  );
  assert.equal(run(['--check', 'true', '--wait=5001ms']).waitMs, 5001);
  assert.equal(run(['--check', 'true', '--wait=1s', '--check-rise=1']).waitMs, 1000);
  assert.equal(run(['--check', 'true', '--wait=0']).waitMs, 0);
});

test('takes a check, as it takes a hook', () => {
  const { job, checkCommand } = run(['--check', "sh -c 'test -e /srv/job'", '--check-fall=1']);
  assert.deepEqual(job.check, { intervalMs: 5000, rise: 2, fall: 1 });
  const file = resolveCommand('sh', SURROUNDINGS.searchPath, '/');
  assert.deepEqual(checkCommand, { file, argv0: 'sh', args: ['-c', 'test -e /srv/job'] });
});

test('gives every contender a seed of its own, and each the same again', () => {
  const seeds = ['web1', 'web1', 'web2'].map((id) => run(['--id', id]).job.seed);
  assert.equal(seeds[0], seeds[1]);
  assert.notEqual(seeds[0], seeds[2]);
});

test('takes every option from the environment, and from a file', () => {
  const settings = {
    cron: '*/5 * * * *',
    timezone: 'UTC',
    'on-failure': 'restart',
    'rerun-interrupted': 'true',
    check: 'ls /srv',
  };
  const words = Object.entries(settings).map(([name, text]) => `--${name}=${text}`);
  const variables = Object.entries(settings).map(([name, text]) => [variableName(name), text] as const);
  const lines = Object.entries(settings).map(([name, text]) => `${name}: "${text}"\n`);
  const told = (options: RunOptions) => JSON.stringify([options.job, options.checkCommand]);
  assert.equal(told(run([], Object.fromEntries(variables))), told(run(words)));
  assert.equal(told(run([], {}, lines.join(''))), told(run(words)));
  assert.throws(() => run(['--cron=@daily'], { ZK_LEADER_RUN_EVERY: '1h' }), {
    message: '--cron: expected no other schedule beside ZK_LEADER_RUN_EVERY, got both; keep one of them',
  });
  assert.throws(() => run([], {}, 'every: 1h\njitter: 2h'), {
    message:
      'job.yaml:2 jitter: expected less than the interval of --every, 1h, got "2h"; a tick is put off half-way to the ' +
      'next one at most',
  });
});

test('refuses each mistake in a sentence', () => {
  const restarts = 'expected a number from 1 to 1000 and a period, such as 5/10m, got';
  for (const [line, message] of [
    ['--on-exit=stay', '--on-exit: expected exit, restart or resign, got "stay"'],
    ['--on-failure=retry', '--on-failure: expected exit, restart or resign, got "retry"'],
    ['--restart-delay=0s', '--restart-delay: expected a duration of at least 1ms, got "0s"'],
    ['--max-restarts=5', `--max-restarts: ${restarts} "5"`],
    ['--max-restarts=0/1m', `--max-restarts: ${restarts} "0/1m"`],
    ['--max-restarts=1001/1m', `--max-restarts: ${restarts} "1001/1m"`],
    ['--max-restarts=5/10', `--max-restarts: ${restarts} "5/10"`],
    ['--max-restarts=5/10x', '--max-restarts: expected a duration such as 500ms, 10s or 2m, got "10x"'],
    ['--max-runtime=0s', '--max-runtime: expected a duration of at least 1ms, got "0s"'],
    ['--every=5', '--every: expected a duration such as 500ms, 10s or 2m, got "5"'],
    [
      '--every=50ms',
      '--every: expected at least 100ms, since a quorum has to agree to each tick, got "50ms"',
    ],
    ['--overlap=wait', '--overlap: expected skip, queue or replace, got "wait"'],
    ['--jitter=0', '--jitter: expected a duration such as 500ms, 10s or 2m, got "0"'],
    ['--catch-up=1w', '--catch-up: expected a duration such as 500ms, 10s or 2m, got "1w"'],
    ['--history=0', '--history: expected a number from 1 to 500, got "0"'],
    ['--history=1e3', '--history: expected a number from 1 to 500, got "1e3"'],
    ['--skip-code=256', '--skip-code: expected a number from 0 to 255, got "256"'],
    ['--check=no-such-check', /^--check: expected a program in PATH, got "no-such-check"/],
    ['--check-interval=0s', '--check-interval: expected a duration of at least 1ms, got "0s"'],
    ['--check-rise=0', '--check-rise: expected a number from 1 to 100, got "0"'],
    ['--check-fall=101', '--check-fall: expected a number from 1 to 100, got "101"'],
  ] as const) {
    refuses(line, message);
  }
});

test('refuses what is no cron expression, and says why', () => {
  for (const [cron, problem] of [
    ['60 * * * *', ': the minute is not in the range of 0 to 59'],
    ['0 24 * * *', ': the hour is not in the range of 0 to 23'],
    ['0 0 32 * *', ': the day of month is not in the range of 1 to 31, or L'],
    ['0 0 * 13 *', ': the month is not in the range of 1 to 12, or JAN to DEC'],
    ['0 0 * * 8', ': the day of week is not in the range of 0 to 7, or SUN to SAT'],
    [
      '0 3 * * * 2026',
      ': the day of week is not in the range of 0 to 7, or SUN to SAT; the first of six fields is the second',
    ],
    ['0 noon * * *', ': the hour (noon) contains illegal characters'],
    ['1 1 2030 12:30 5', ': the month (12:30) contains illegal characters'],
    ['1,,2 * * * *', ': the minute is empty'],
    ['*/0 * * * *', ': illegal stepping: 0'],
    ['5-1 * * * *', ": from value is larger than to value: '5-1'"],
    ['1- * * * *', ': illegal upper range'],
    ['0 0 * * *#2', ": the day of week is not a number: '*#2'"],
    ['0 0 * * MON#9', ': nth weekday out of range, should be 1-5 or L'],
    [
      '/5 * * * *',
      ": stepping with missing prefix ('/5') is not allowed, use wildcard (*/step) or range (min-max/step) instead",
    ],
    [
      '* * * *',
      ', whose number of fields is 4, not 5 (minute, hour, day of month, month, day of week), nor 6 with the second ' +
        'ahead of them',
    ],
    ['2030-01-23T00:00', /whose number of fields is 1, not 5 /],
    ['* * * * * * *', /whose number of fields is 7, not 5 /],
    ['@reboot', ', which is none of @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually'],
    ['0 0 30 2 *', ', which never comes: no such month has such a day'],
  ] as const) {
    assert.throws(() => run(['--cron', cron]), {
      name: 'UsageError',
      message:
        typeof problem === 'string'
          ? `--cron: expected a cron expression such as "30 2 * * *", got "${cron}"${problem}`
          : problem,
    });
  }
});

test('refuses a time zone that is none, and guesses at the one that was meant', () => {
  const expected = '--timezone: expected a time zone such as Europe/Berlin or UTC, got';
  for (const [zone, message] of [
    ['berlin', `${expected} "berlin"; did you mean Europe/Berlin?`],
    ['New York', `${expected} "New York"; did you mean America/New_York?`],
    ['MESZ', `${expected} "MESZ"`],
  ] as const) {
    assert.throws(() => run(['--cron=@daily', '--timezone', zone]), { name: 'UsageError', message });
  }
});

test('refuses to guess at the time zone of a machine that has none', () => {
  const before = process.env['TZ'];
  try {
    for (const zone of ['Nowhere/Land', '']) {
      process.env['TZ'] = zone;
      refuses(
        '--cron=@daily',
        '--timezone: expected a time zone such as Europe/Berlin or UTC beside --cron, got none, and that of this ' +
          'machine is unknown; pass --timezone',
      );
    }
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

test('takes nothing for a name that may be meant for a time', () => {
  const expected =
    '--once-per: expected a duration such as 1h, or a name of up to 200 letters, digits and . _ : + - / that is no ' +
    'number, such as build-4711 or 2026-11-22, got';
  for (const [text, message] of [
    ['3600', `${expected} "3600"`],
    ['a b', `${expected} "a b"`],
    ['x'.repeat(201), `${expected} "${'x'.repeat(201)}"`],
    ['0s', '--once-per: expected a duration of at least 1ms, got "0s"'],
    ...['90sec', '1H', '1h30m', '2weeks'].map(
      (typed) => [typed, `--once-per: expected a duration such as 500ms, 10s or 2m, got "${typed}"`] as const,
    ),
  ] as const) {
    assert.throws(() => run(['--once-per', text]), { name: 'UsageError', message });
  }
});

test('refuses settings that contradict each other, and names both', () => {
  const noHook = (beside: string) =>
    `expected no hook of a term beside ${beside}, got one: it runs beside the command, and between runs there is ` +
    'none; let the command itself do it';
  const noSchedule = (got: string) =>
    '--once-per: expected no schedule beside it, since it makes one run for whoever keeps a schedule elsewhere, got ' +
    `${got}; keep one of them`;
  const noRestart = (beside: string) =>
    `--on-exit: expected exit or resign beside ${beside}, got "restart", which leaves no run to the schedule; leave it ` +
    'out to wait for the next tick, or write --on-failure restart to try a failed one again';
  const onlyExit = (got: string) =>
    `expected exit beside --once-per, which makes one run and ends, got "${got}"; let the caller call again for ` +
    'another tick, or keep the schedule here, with --every or --cron';
  for (const [line, message] of [
    [
      '--every=1h --cron=@daily',
      '--cron: expected no other schedule beside --every, got both; keep one of them',
    ],
    ['--every=1h --once-per=1h', noSchedule('--every')],
    ['--cron=@daily --once-per=1h', noSchedule('--cron')],
    ['--every=1h --on-exit=restart', noRestart('--every')],
    ['--cron=@daily --on-exit=restart --on-failure=exit', noRestart('--cron')],
    ['--once-per=1h --on-exit=restart', `--on-exit: ${onlyExit('restart')}`],
    ['--once-per=1h --on-failure=resign', `--on-failure: ${onlyExit('resign')}`],
    [
      '--on-exit=restart --restart-delay=2m',
      '--restart-delay: expected at most --restart-delay-max, 1m, got "2m"; shorten it, or lengthen the other',
    ],
    [
      '--on-exit=restart --restart-delay-max=500ms',
      '--restart-delay: expected at most --restart-delay-max, 500ms, got "1s"; shorten it, or lengthen the other',
    ],
    [
      '--every=1h --jitter=1h',
      '--jitter: expected less than the interval of --every, 1h, got "1h"; a tick is put off half-way to the next one ' +
        'at most',
    ],
    ['--every=1h --on-elected=ls', `--on-elected: ${noHook('--every')}`],
    ['--cron=@daily --on-lost=ls', `--on-lost: ${noHook('--cron')}`],
    ['--once-per=1h --on-lost=exit --on-lost=ls', `--on-lost: ${noHook('--once-per')}`],
  ] as const) {
    refuses(line, message);
  }
  assert.equal(run(['--every=1h', '--on-lost=exit', '--on-standby=ls', '--wait=1s']).onLost, 'exit');
});

test('refuses settings that would apply to nothing', () => {
  const schedule = 'expected --every or --cron beside it, got none; pass one of them, or leave this out';
  const check = 'expected --check beside it, got none; pass --check, or leave this out';
  const ticks =
    'expected --every, --cron or --once-per beside it, got none; pass one of them, or leave this out';
  const restart =
    'expected --on-exit restart or --on-failure restart beside it, got none; pass one of them, or leave this out';
  const goingOn =
    'expected --on-exit restart|resign or --on-failure restart|resign beside it, got none; pass one of them, or leave ' +
    'this out';
  for (const [line, message] of [
    ['--timezone=UTC --every=1h', 'expected --cron beside it, got none; pass --cron, or leave this out'],
    ['--overlap=skip', schedule],
    ['--jitter=1s --once-per=1h', schedule],
    ['--catch-up=1h', schedule],
    ['--rerun-interrupted --on-exit=restart', ticks],
    [
      '--skip-code=1 --every=1h',
      'expected --once-per beside it, got none; pass --once-per, or leave this out',
    ],
    ['--check-interval=1s', check],
    ['--check-rise=1', check],
    ['--check-fall=1', check],
    ['--max-restarts=5/1m --on-exit=resign', restart],
    ['--restart-delay=2s --every=1h', goingOn],
    ['--restart-delay-max=2m', goingOn],
    [
      '--history=10',
      'expected --every, --cron, --once-per, --on-exit restart|resign or --on-failure restart|resign beside it, got ' +
        'none; pass one of them, or leave this out',
    ],
  ] as const) {
    refuses(line, `${/^--[^=\s]+/.exec(line)?.[0] ?? ''}: ${message}`);
  }
  assert.equal(run(['--rerun-interrupted=no']).job.rerunInterrupted, false);
  assert.equal(run(['--on-failure=resign', '--restart-delay=2s', '--history=10']).job.history, 10);
});

test('makes a unit of a schedule, and none of a single run', () => {
  const print = (...words: readonly string[]): string => {
    const parsed = parseArguments(['systemd', '--name=a', ...words, '--', 'ls'], {}, () => SURROUNDINGS);
    assert.equal(parsed.kind, 'systemd');
    return systemdFiles(parsed.options);
  };
  const sh = resolveCommand('sh', SURROUNDINGS.searchPath, SURROUNDINGS.cwd);
  const files = print('--cron', '*/5 * * * MON-FRI', '--timezone=UTC', '--check', "sh -c 'exit 0'");
  for (const line of [
    'ZK_LEADER_RUN_CRON="*/5 * * * MON-FRI"',
    'ZK_LEADER_RUN_TIMEZONE=UTC',
    `ZK_LEADER_RUN_CHECK="${sh} -c 'exit 0'"`,
  ]) {
    assert.ok(files.split('\n').includes(line), line);
  }
  assert.throws(() => print('--once-per=1h'), {
    message:
      '--once-per: expected none, since the unit is started again whenever it ends, got "1h"; write --every or --cron, ' +
      'or have a timer of systemd call zk-leader-run itself',
  });
});
