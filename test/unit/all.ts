// Runs every test of this folder in one process: they need nothing of their own, and to load the program takes each
// process longer than most of them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

for (const path of readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).sort()) {
  if (path.endsWith('.test.js')) await import(join(import.meta.dirname, path));
}
