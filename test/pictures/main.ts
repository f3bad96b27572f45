// Draws the pictures of the documentation anew: npm run pictures.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawElection } from './election.js';

writeFileSync(fileURLToPath(new URL('../../../docs/election.svg', import.meta.url)), drawElection());
