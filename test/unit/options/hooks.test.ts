import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quote } from 'shell-quote';
import { parseConfigOptions } from '../../../src/options/config-options.js';
import { hookText, parseHooks, parseOnLost } from '../../../src/options/hooks.js';
import { parseSystemdOptions } from '../../../src/options/systemd-options.js';

const surroundings = { searchPath: '/bin:/usr/bin', cwd: '/' };

function words(text: string): readonly string[] {
  const { elected } = parseHooks({ 'on-elected': { text, from: '--on-elected' } }, surroundings);
  assert.ok(elected !== undefined);
  return [elected.argv0, ...elected.args];
}

function onLost(text: string, also?: string) {
  return parseOnLost({ text, from: '--on-lost', ...(also === undefined ? {} : { also }) }, surroundings);
}

test('cuts a hook into words as a shell would', () => {
  for (const [text, expected] of [
    ['sh', ['sh']],
    ['  sh  -c   true \n', ['sh', '-c', 'true']],
    ["sh -c 'echo one; echo two'", ['sh', '-c', 'echo one; echo two']],
    ["sh -c 'echo $HOME `id` *.txt ~ [a] #'", ['sh', '-c', 'echo $HOME `id` *.txt ~ [a] #']],
    ['sh -c "echo \\$HOME \\"a\\" \\\\"', ['sh', '-c', 'echo $HOME "a" \\']],
    ["sh -c 'one\ntwo'", ['sh', '-c', 'one\ntwo']],
    ['sh \'\' ""', ['sh', '', '']],
    ["sh a\\ b\\;c it\\'s 'it'\\''s'", ['sh', 'a b;c', "it's", "it's"]],
    ['sh a"b c"\'d e\'f', ['sh', 'ab cd ef']],
    ['sh a~ x=1 a.b {b,c} é€', ['sh', 'a~', 'x=1', 'a.b', '{b,c}', 'é€']],
    ['/bin/sh -x', ['/bin/sh', '-x']],
  ] as const) {
    assert.deepEqual(words(text), expected, text);
  }
});

test('reads a command back as it has written it, whatever is in it', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...Array.from('ab \t\n\'"\\$`*?[]~#|&;<>(){}=!%')) }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (args) => {
      assert.deepEqual(words(hookText({ file: '/bin/sh', argv0: 'sh', args })), ['/bin/sh', ...args]);
    }),
  );
});

test('hands on what shell-quote has quoted', () => {
  for (const args of [['a b'], ["it's"], ['a"b']]) {
    assert.deepEqual(words(quote(['sh', ...args])), ['sh', ...args]);
  }
});

test('refuses what only a shell understands', () => {
  for (const [text, special] of [
    ['sh | cat', '|'],
    ['sh && true', '&&'],
    ['sh; true', ';'],
    ['sh &', '&'],
    ['sh > /tmp/out', '>'],
    ['sh <in', '<'],
    ['(sh)', '('],
    ['sh $HOME', '$'],
    ['sh "$HOME"', '$'],
    ['sh ${HOME}', '$'],
    ['sh ${', '$'],
    ['sh $(id)', '$'],
    ["sh $'a'", '$'],
    ['sh "a\\\\$HOME"', '$'],
    ['sh `id`', '`'],
    ['sh "a `id`"', '`'],
    ['sh *.txt', '*.txt'],
    ['sh a?', 'a?'],
    ['sh [ab]', '['],
    ['~/bin/hook', '~'],
    ['sh ~', '~'],
    ['sh # why', '#'],
    ['sh\ntrue', '\n'],
  ] as const) {
    assert.throws(() => words(text), {
      name: 'UsageError',
      exitCode: 125,
      message:
        `--on-elected: expected a command, got ${JSON.stringify(text)}, where ${JSON.stringify(special)} means ` +
        "something to a shell alone, and none is in between; write sh -c '...', or quote it",
    });
  }
});

test('refuses a hook that has no end, or no beginning', () => {
  for (const [text, problem] of [
    ["sh -c 'true", 'where a quote is not closed; close it, or write \\ ahead of it'],
    ['sh -c "true', 'where a quote is not closed; close it, or write \\ ahead of it'],
    ["sh it's", 'where a quote is not closed; close it, or write \\ ahead of it'],
    ['sh \\', 'which ends its line with \\; leave that out'],
    ['sh \\\n-c', 'which ends its line with \\; leave that out'],
    ['sh "a\\\nb"', 'which ends its line with \\; leave that out'],
    ['  ', 'which has no word in it'],
  ] as const) {
    assert.throws(() => words(text), {
      exitCode: 125,
      message: `--on-elected: expected a command, got ${JSON.stringify(text)}, ${problem}`,
    });
  }
});

test('refuses a hook that could not be run, with the exit code of such a command', () => {
  assert.throws(() => words('no-such-hook --now'), {
    exitCode: 127,
    message:
      '--on-elected: expected a program in PATH, got "no-such-hook", which is not in "/bin:/usr/bin"; ' +
      'write its path, such as ./job.sh',
  });
  assert.throws(() => words('./no/such/hook'), {
    exitCode: 127,
    message:
      '--on-elected: expected the path of a program, got "./no/such/hook", which does not exist; ' +
      'correct it, or write a name in PATH',
  });
  assert.throws(() => words('/tmp'), {
    exitCode: 126,
    message: '--on-elected: expected a program, got "/tmp", which is a directory; name a program in it',
  });
});

test('takes --on-lost for a policy, for a hook, or for one of each', () => {
  const { file } = onLost('sh').hooks.lost ?? {};
  const hooks = { lost: { file, argv0: 'sh', args: [] } };
  assert.deepEqual(parseOnLost(undefined, surroundings), { policy: 'rejoin', hooks: {} });
  assert.deepEqual(onLost('rejoin'), { policy: 'rejoin', hooks: {} });
  assert.deepEqual(onLost('exit'), { policy: 'exit', hooks: {} });
  assert.deepEqual(onLost('sh'), { policy: 'rejoin', hooks });
  assert.deepEqual(onLost('exit', 'sh'), { policy: 'exit', hooks });
  assert.deepEqual(onLost('sh', 'exit'), { policy: 'exit', hooks });
  assert.deepEqual(onLost('sh', 'rejoin'), { policy: 'rejoin', hooks });
});

test('refuses --on-lost twice for the same, and names both where it is neither', () => {
  const expected = 'expected one policy (rejoin or exit) and one hook, got';
  for (const [text, also, message] of [
    ['exit', 'rejoin', `--on-lost: ${expected} "exit" and "rejoin"; keep one of them`],
    ['exit', 'exit', `--on-lost: ${expected} "exit" and "exit"; keep one of them`],
    ['sh', 'ls', `--on-lost: ${expected} "sh" and "ls"; join the two in a script, or in sh -c '...'`],
  ] as const) {
    assert.throws(() => onLost(text, also), { exitCode: 125, message });
  }
  assert.throws(() => onLost('retry'), {
    exitCode: 127,
    message:
      '--on-lost: expected rejoin, exit or a program in PATH, got "retry", which is not in "/bin:/usr/bin"; ' +
      'write its path, such as ./job.sh',
  });
  assert.throws(() => onLost('Exit | cat'), {
    exitCode: 125,
    message: /^--on-lost: expected rejoin, exit or a command, got "Exit \| cat", where "\|" means /,
  });
});

test('makes no unit of a policy and a hook: a variable holds one text', () => {
  const settings = {
    name: { text: 'sync', from: '--name' },
    'on-lost': { text: 'exit', from: '--on-lost', also: 'sh' },
  };
  const of = { ...surroundings, host: 'web1', pid: 4711 };
  assert.throws(() => parseSystemdOptions(settings, ['ls'], of), {
    exitCode: 125,
    message:
      "--on-lost: expected one policy or one hook, since a unit's environment file holds no more, got " +
      '"exit" and "sh"; keep one of them',
  });
});

test('tells both of them where it tells what counts', () => {
  const commandLine = { 'on-lost': { text: 'exit', from: '--on-lost', also: 'sh' } };
  const sources = { commandLine, environment: {}, file: undefined };
  const of = { ...surroundings, host: 'web1', pid: 4711 };
  const { settings } = parseConfigOptions(sources, ['ls'], of);
  assert.equal(settings.find(({ option }) => option === 'on-lost')?.text, 'exit, sh');
});
