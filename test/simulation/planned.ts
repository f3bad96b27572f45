// Owns how a plan of a family is put together, with everything that the family does not care about filled in.

import type { Deed, Direction, Fault, Part, Place, Plan } from './plan.js';
import { MACHINES, MOST_CONTENDERS, short, withinHeartbeat } from './plan.js';

export const FOR_EVER_MS = 1e6;

/** One plan of a family, with everything that the family does not care about filled in. */
export function planned(fields: Partial<Plan> & Pick<Plan, 'seed' | 'faults'>): Plan {
  const timing = fields.timing ?? short;
  return {
    timing,
    waitMs: Infinity,
    onLost: 'rejoin',
    syncLimit: 5,
    contenders: 2,
    drifts: new Array<number>(MACHINES).fill(0),
    delayMs: withinHeartbeat({ least: 0.1, most: 2 }, timing.heartbeatMs),
    pingJitterMs: 2,
    stubborn: 1,
    mortal: 0,
    work: undefined,
    wallsFastMs: new Array<number>(MOST_CONTENDERS).fill(0),
    hooks: false,
    watchdogStartMs: 100,
    calmMs: 1.5 * timing.sessionTimeoutMs,
    ...fields,
  };
}

export function cut(from: Place, to: Place, direction: Direction = 'both', forMs = FOR_EVER_MS): Deed {
  return { kind: 'cut', from, to, direction, forMs };
}

export function at(gapMs: number, deed: Deed, upon?: Fault['upon']): Fault {
  return { gapMs, upon, deed };
}

export function stall(who: Place, process: Part, forMs: number): Deed {
  return { kind: 'stall', who, process, forMs };
}
