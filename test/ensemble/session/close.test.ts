// The end of a session, in whatever state it is met.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { PATIENCE_MS } from '../../support/wait.js';
import { PROGRAM_FOLDER, act } from './act.js';

const options = { timeout: 3 * PATIENCE_MS };

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start();
}, options);
after(() => ensemble.stop(), options);

test(
  'D6: closes in any state, in bounded time, ends the session, and leaves nothing to crash later',
  options,
  async () => {
    const played = await act({
      folder: PROGRAM_FOLDER,
      scenario: 'closeInEveryState',
      port: ensemble.server(0).port,
    });
    assert.deepEqual(played, { code: 0, errors: '' });
  },
);
