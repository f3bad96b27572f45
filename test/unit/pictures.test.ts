import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { drawElection } from '../pictures/election.js';

const checkedIn = readFileSync(new URL('../../../docs/election.svg', import.meta.url), 'utf8');

test('has the picture of the election as the script draws it (npm run pictures)', () => {
  assert.equal(checkedIn, drawElection());
});

test('needs nothing from elsewhere to be shown, by day and by night', () => {
  assert.doesNotMatch(checkedIn, /href|@import|@font-face|<script|<image/);
  assert.doesNotMatch(checkedIn.replace('http://www.w3.org/2000/svg', ''), /https?:/);
  assert.match(checkedIn, /@media \(prefers-color-scheme: dark\)/);
  // Whatever has a colour by day has one by night.
  const [day = '', night = ''] = checkedIn.split('@media');
  const classes = (text: string): string[] => [
    ...new Set([...text.matchAll(/\.([a-z-]+) \{/g)].map(([, name]) => name!)),
  ];
  assert.deepEqual(classes(night).sort(), classes(day).sort());
});
