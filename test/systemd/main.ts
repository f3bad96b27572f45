// Writes the template unit anew, after a change of the generator: node dist/test/systemd/main.js
import { writeFileSync } from 'node:fs';
import { template, TEMPLATE } from './template.js';

writeFileSync(TEMPLATE, template());
