// Owns an operator, who asks for a run by an ephemeral znode beside the election path, which goes when patience does;
// or removes the znode of a contender.

import type { Ensemble } from './ensemble.js';
import { OPERATOR } from './stage.js';
import type { Write } from './tree.js';

const AGAIN_MS = 50;

/** Asks, and stops asking after that time. */
export function askToRun(ensemble: Ensemble, forMs: number): void {
  write(ensemble, { kind: 'ask-to-run' });
  ensemble.options.stage.queue.after(forMs, () => {
    write(ensemble, { kind: 'stop-asking' });
  });
}

export function removeZnode(ensemble: Ensemble, name: string): void {
  write(ensemble, { kind: 'delete', name });
}

/** Without a leader that takes it, again until there is one; and again where that one goes before it is committed. */
function write(ensemble: Ensemble, what: Write): void {
  const { leader, options } = ensemble;
  let isDone = false;
  leader?.leading?.submit({
    session: OPERATOR,
    write: what,
    server: leader.id,
    answer: () => {
      isDone = true;
    },
  });
  options.stage.queue.after(leader === undefined ? AGAIN_MS : options.tickTimeMs, () => {
    if (!isDone) write(ensemble, what);
  });
}
