// Writes the man page to where the package has it: npm run man.

import { writeFileSync } from 'node:fs';
import { readVersion } from '../version.js';
import { manualPage } from './page.js';

writeFileSync(new URL('../../../man/zk-leader-run.1', import.meta.url), manualPage(readVersion()));
