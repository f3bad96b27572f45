// Owns the wiring of what the service manager is told; loaded only where there is one that wants to be.

import type { Log } from '../log/log.js';
import type { Settings } from '../election/model.js';
import type { Observer } from '../supervisor/supervisor.js';
import type { Manager } from './manager.js';
import { Notifier } from './notifier.js';
import { Report } from './report.js';

export interface ServiceOptions {
  readonly manager: Manager;
  readonly log: Log;
  readonly settings: Settings;
  readonly electionPath: string;
  /** The connect string, as the operator wrote it. */
  readonly ensemble: string;
  /** Asks the loop for a turn. */
  readonly turn: () => void;
}

/** What looks on at the supervisor, and the wait for its last words: a unit that ends unheard has never started. */
export interface Service {
  readonly observer: Observer;
  flush(limitMs: number): Promise<void>;
}

/** Tells the service manager from the first turn of the loop on. */
export function openService(options: ServiceOptions): Service {
  const { manager, log } = options;
  const notifier = new Notifier({
    manager,
    onFailure: (because) => {
      log.write('warn', 'manager-not-told', { because });
    },
  });
  return {
    observer: new Report({ ...options, notifier }),
    flush: (limitMs) => notifier.flush(limitMs),
  };
}
