// What systemd itself reads back is in test/systemd/machine.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quoteValue, quoteWord } from '../../../src/systemd/quoting.js';

test('writes a word of a command line so that nothing of it means anything to systemd', () => {
  for (const [word, written] of [
    ['/opt/sync-job.sh', '/opt/sync-job.sh'],
    ['--to=a:b,c@d', '--to=a:b,c@d'],
    ['', '""'],
    ['two words', '"two words"'],
    ['100%', '100%%'],
    ['%i', '%%i'],
    ['$HOME ${A}', '"$$HOME $${A}"'],
    ['$HOME', '$$HOME'],
    [';', '";"'],
    ['#', '"#"'],
    ["it's", '"it\'s"'],
    ['say "x"', '"say \\"x\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ['line\nline\ttab\r', '"line\\nline\\ttab\\r"'],
    ['\u0001\u007f', '"\\x01\\x7f"'],
    ['\u0085', '"\\xc2\\x85"'],
    ['grüße', '"grüße"'],
  ] as const) {
    assert.equal(quoteWord(word), written);
  }
});

test('writes a value so that neither an environment file nor a shell changes it', () => {
  for (const [value, written] of [
    ['zk1,zk2:2182/jobs', 'zk1,zk2:2182/jobs'],
    ['100%', '100%'],
    ['', '""'],
    ['web 1', '"web 1"'],
    ['$HOME', '"\\$HOME"'],
    ['`id`', '"\\`id\\`"'],
    ['"x" \\ y', '"\\"x\\" \\\\ y"'],
    ["it's; #1", '"it\'s; #1"'],
  ] as const) {
    assert.equal(quoteValue(value), written);
  }
});
