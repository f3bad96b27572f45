// Proves that nobody loads what serves HTTP who has not asked for it: start-up and memory would pay for it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const BUNDLE = new URL('../../../../dist/bundle/', import.meta.url);

/** Those words of the bundle's files that can be reached so from the entries, which stand in each of them. */
function reachable(entries: readonly string[], dynamically: boolean): Map<string, string> {
  const imports = dynamically
    ? /(?:import|from)\s*\(?["']\.\/([\w.-]+)["']/g
    : /(?:import|from)\s*["']\.\/([\w.-]+)["']/g;
  const texts = new Map<string, string>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (texts.has(file)) continue;
    const text = readFileSync(new URL(file, BUNDLE), 'utf8');
    texts.set(file, text);
    open.push(...[...text.matchAll(imports)].map(([, name = '']) => name));
  }
  return texts;
}

const ENTRIES = ['main.js', 'signals.js', 'standard-streams.js', 'watchdog.js'];
/** Of src/http, of prom-client, and of Node. */
const SIGNS = ['method not allowed', 'prometheusContentType', '"node:http"'];

test('neither src/http nor prom-client is loaded at the start', () => {
  const everything = [...reachable(ENTRIES, true).values()].join('\n');
  const atStart = [...reachable(ENTRIES, false).values()].join('\n');
  for (const sign of SIGNS) {
    assert.ok(everything.includes(sign), `${sign} is in the bundle`);
    assert.ok(!atStart.includes(sign), `${sign} is loaded at the start`);
  }
});
