import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { resolveCommand } from '../../../src/options/command.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'zk-leader-run-command-')));
after(() => {
  rmSync(root, { recursive: true });
});

/** Writes a file below the test's folder, executable unless told otherwise, and returns its path. */
function file(name: string, content: string | Buffer, mode = 0o755): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const SCRIPT = '#!/bin/sh\necho ran\n';

test('takes a name with a slash as a path, relative to the working directory', () => {
  const job = file('bin/job', SCRIPT);
  assert.equal(resolveCommand(job, '/nowhere', '/'), job);
  assert.equal(resolveCommand('./job', '/nowhere', join(root, 'bin')), job);
  assert.equal(resolveCommand('.//job', '/nowhere', join(root, 'bin')), job);
  assert.equal(resolveCommand('bin/job', '/nowhere', root), job);
});

test('leaves .. to the kernel, which follows links first', () => {
  file('real/deep/there', SCRIPT);
  file('real/job', SCRIPT);
  symlinkSync(join(root, 'real/deep'), join(root, 'link'));
  const found = resolveCommand('link/../job', undefined, root);
  assert.equal(found, `${root}/link/../job`);
  assert.equal(spawnSync(found).stdout.toString(), 'ran\n');
});

test('searches PATH in its order', () => {
  const first = file('one/tool', SCRIPT);
  const second = file('two/tool', SCRIPT);
  assert.equal(resolveCommand('tool', `${root}/one:${root}/two`, '/'), first);
  assert.equal(resolveCommand('tool', `${root}/two:${root}/one`, '/'), second);
  assert.equal(resolveCommand('tool', `${root}/absent:${first}:${root}/two`, '/'), second);
  assert.equal(resolveCommand('tool', 'two', root), second);
});

test('takes an empty member of PATH as the working directory', () => {
  const tool = file('here/tool', SCRIPT);
  for (const path of ['', ':/nowhere', '/nowhere:', '/nowhere::/nowhere']) {
    assert.equal(resolveCommand('tool', path, join(root, 'here')), tool);
  }
});

test('searches the system folders where PATH is not set', () => {
  assert.match(resolveCommand('sh', undefined, '/'), /^\/(?:usr\/)?bin\/sh$/);
});

test('searches on behind what cannot be executed, as execvp does', () => {
  file('locked/tool', SCRIPT, 0o644);
  mkdirSync(join(root, 'folder/tool'), { recursive: true });
  file('dangling/tool', '#!/no/such/interpreter\n');
  const good = file('good/tool', SCRIPT);
  const path = ['locked', 'folder', 'dangling', 'good'].map((name) => join(root, name)).join(':');
  assert.equal(resolveCommand('tool', path, '/'), good);
});

test('says 127 for what does not exist', () => {
  assert.throws(() => resolveCommand('no-such-tool', '/nowhere:/bin', '/'), {
    name: 'UsageError',
    exitCode: 127,
    message:
      'COMMAND: expected a program in PATH, got "no-such-tool", which is not in "/nowhere:/bin"; ' +
      'write its path, such as ./job.sh',
  });
  assert.throws(() => resolveCommand('', '/bin', '/'), {
    exitCode: 127,
    message:
      'COMMAND: expected a program in PATH, got "", which is not in "/bin"; write its path, such as ./job.sh',
  });
  symlinkSync(join(root, 'gone'), join(root, 'dangling-link'));
  file('plain', SCRIPT);
  for (const name of ['./absent', './dangling-link', './plain/job', './plain/']) {
    assert.throws(() => resolveCommand(name, '/bin', root), {
      exitCode: 127,
      message:
        `COMMAND: expected the path of a program, got "${name}", which does not exist; ` +
        'correct it, or write a name in PATH',
    });
  }
});

test('says 126 for what is there and cannot be executed', () => {
  const locked = file('denied/tool', SCRIPT, 0o644);
  mkdirSync(join(root, 'denied/folder'));
  spawnSync('mkfifo', ['-m', '755', join(root, 'denied/pipe')]);
  symlinkSync('circle', join(root, 'denied/circle'));
  const cwd = join(root, 'denied');
  for (const [name, problem] of [
    ['./tool', `which is not executable; make it so with chmod +x ${locked}`],
    ['./folder', 'which is a directory; name a program in it'],
    ['./pipe', 'which is not a regular file; name a program'],
    ['./circle', 'which this user may not execute (ELOOP); correct its permissions'],
  ] as const) {
    assert.throws(() => resolveCommand(name, '/bin', cwd), {
      name: 'UsageError',
      exitCode: 126,
      message: `COMMAND: expected a program, got "${name}", ${problem}`,
    });
  }
  assert.throws(() => resolveCommand('tool', `/nowhere:${cwd}:/nowhere`, '/'), {
    exitCode: 126,
    message:
      `COMMAND: expected a program, got "tool" (${locked}), ` +
      `which is not executable; make it so with chmod +x ${locked}`,
  });
});

test('says 127 where the interpreter of the first line is missing', () => {
  for (const [line, interpreter, hint] of [
    [
      '#!/no/such/interpreter\n',
      '"/no/such/interpreter"',
      'which does not exist: install it, or correct the line',
    ],
    ['#! \t/no/such -e\n', '"/no/such"', 'which does not exist: install it, or correct the line'],
    ['#!/no/such', '"/no/such"', 'which does not exist: install it, or correct the line'],
    ['#!no-such\n', '"no-such"', 'which does not exist: install it, or correct the line'],
    [
      '#!/bin/sh\r\necho\r\n',
      '"/bin/sh\\r"',
      'which ends in a carriage return: save the file with LF line endings',
    ],
  ] as const) {
    const path = file('script', line);
    assert.equal((spawnSync(path).error as NodeJS.ErrnoException | undefined)?.code, 'ENOENT');
    assert.throws(() => resolveCommand(path, undefined, root), {
      name: 'UsageError',
      exitCode: 127,
      message:
        `COMMAND: expected a program, got "${path}", ` +
        `whose first line names the interpreter ${interpreter}, ${hint}`,
    });
  }
});

test('says 126 where the interpreter of the first line cannot be executed', () => {
  const interpreter = file('interpreter', SCRIPT, 0o644);
  const path = file('script', `#!${interpreter}\n`);
  assert.throws(() => resolveCommand(path, undefined, root), {
    exitCode: 126,
    message:
      `COMMAND: expected a program, got "${path}", whose first line names the interpreter ` +
      `"${interpreter}", which is not executable; make it so with chmod +x ${interpreter}`,
  });
});

test('refuses text without a shebang line, which only a shell in between could run', () => {
  for (const content of ['echo hello\n', '', '#!\necho\n', '#! \n', ' #!/bin/sh\n', '\ufeff#!/bin/sh\n']) {
    const path = file('text', content);
    const refusal = (got: string) => ({
      name: 'UsageError',
      exitCode: 126,
      message:
        `COMMAND: expected a program, got ${got}, which is text without a shebang line; ` +
        `add one such as #!/bin/sh, or write sh ${path}`,
    });
    assert.throws(() => resolveCommand(path, undefined, '/'), refusal(`"${path}"`));
    assert.throws(() => resolveCommand('text', `${root}:/bin`, '/'), refusal(`"text" (${path})`));
  }
});

test('takes a binary for what the kernel will make of it', () => {
  const binary = file('binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0]));
  assert.equal(resolveCommand(binary, undefined, '/'), binary);
  assert.equal(resolveCommand(process.execPath, undefined, '/'), process.execPath);
});
