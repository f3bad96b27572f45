// A server, or the way to it, that says nothing any more.
import { after, before, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { PATIENCE_MS } from '../../support/wait.js';
import { silence, staleConnectTimer, unansweredConnect, watchTraffic } from './scenarios.js';
import { PROGRAM } from './program.js';
import { onStage } from './stage.js';

const options = { timeout: 3 * PATIENCE_MS };

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start();
}, options);
after(() => ensemble.stop(), options);

for (const [lost, direction] of [
  ['requests and answers are', 'both'],
  ['requests alone are', 'toServer'],
  ['answers alone are', 'toClient'],
] as const) {
  test(`D1: leaves a server within the silence limit when ${lost} lost, and keeps the session`, options, () =>
    onStage(PROGRAM, target(), silence(direction)),
  );
}

test('D2: leaves a server that accepts and never answers the connect request', options, () =>
  onStage(PROGRAM, target(), unansweredConnect),
);

test('D2: an attempt that was ended does not end the next connection later', options, () =>
  onStage(PROGRAM, target(), staleConnectTimer),
);

test('D3: outlives a flood of watches that keeps the client from pinging', options, () =>
  onStage(PROGRAM, target(), watchTraffic),
);

function target() {
  return { host: '127.0.0.1', port: ensemble.server(0).port };
}
