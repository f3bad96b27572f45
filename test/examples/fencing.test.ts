// Runs the SQL that the README shows, as it stands there, for two leaders of which the older one comes late.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Database } from 'sql.js';
import initSqlJs from 'sql.js';

const README = new URL('../../../README.md', import.meta.url);
const [, block = ''] = /\n```sql\n([^]*?)```\n/.exec(readFileSync(README, 'utf8')) ?? [];
const [once = '', inEveryTransaction = ''] = block.split('\n\n');

const { Database: SqliteDatabase } = await initSqlJs();

/** Texts, as the command finds its epoch in the environment. */
function send(database: Database, epoch: string, invoice: string): void {
  database.exec(inEveryTransaction, { ':epoch': epoch, ':invoice': invoice });
}

function rows(database: Database, query: string): unknown[] {
  return database.exec(query).flatMap(({ values }) => values.map((row) => row.join(' ')));
}

// As numbers of JavaScript the second pair would be one.
for (const [older, newer] of [
  ['1621', '1626'],
  ['9007199254740992', '9007199254740993'],
] as const) {
  test(`the SQL of the README keeps epoch ${older} out once ${newer} has written`, () => {
    const database = new SqliteDatabase();
    database.exec(once);
    send(database, older, '1');
    send(database, older, '2');
    send(database, newer, '3');
    const sent = 'SELECT invoice, CAST(epoch AS TEXT) FROM sent ORDER BY invoice';
    const fence = 'SELECT job, CAST(epoch AS TEXT) FROM fence';
    const before = { sent: rows(database, sent), fence: rows(database, fence) };
    assert.deepEqual(before, {
      sent: [`1 ${older}`, `2 ${older}`, `3 ${newer}`],
      fence: [`nightly ${newer}`],
    });
    send(database, older, '4');
    assert.deepEqual({ sent: rows(database, sent), fence: rows(database, fence) }, before);
    send(database, newer, '5');
    assert.deepEqual(rows(database, sent), [...before.sent, `5 ${newer}`]);
    database.close();
  });
}
