// Owns what a run is made from: settings, habits and faults. A plan and the core determine everything that happens.

import type { Job } from '../../src/election/job.js';
import type { Settings } from '../../src/election/model.js';
import type { Timing } from '../../src/election/timing.js';
import type { Cue } from './stage.js';

/** A machine, or some: by its number, or by what it is when the fault comes. */
export type Place =
  | 's0'
  | 's1'
  | 's2'
  | 'servers'
  | 'leader'
  | 'not-leader'
  /** The server that the contender with the command is connected to, and the other two. */
  | 'serving'
  | 'not-serving'
  | 'c0'
  | 'c1'
  | 'c2'
  | 'c3'
  /** The contender with the command. */
  | 'first'
  | 'contenders';

export type Direction = 'there' | 'back' | 'both';

/** One of the two processes of a contender. */
export type Part = 'supervisor' | 'watchdog';

export type Deed =
  | {
      readonly kind: 'cut';
      readonly from: Place;
      readonly to: Place;
      readonly direction: Direction;
      readonly forMs: number;
    }
  | { readonly kind: 'reset'; readonly who: Place }
  /** Of the process; or, with the power, of the machine: then nobody is told. */
  | { readonly kind: 'crash-server'; readonly who: Place; readonly power: boolean; readonly forMs: number }
  | { readonly kind: 'crash-contender'; readonly who: Place; readonly forMs: number }
  | { readonly kind: 'signal'; readonly who: Place; readonly twice: boolean; readonly forMs: number }
  /** An operator's request. */
  | { readonly kind: 'ask-to-resign'; readonly who: Place }
  /** SIGSTOP, and SIGCONT that much later; for the command nothing changes. */
  | { readonly kind: 'stall'; readonly who: Place; readonly process: Part; readonly forMs: number }
  /** SIGKILL to the supervisor: another comes after that time. A watchdog is replaced by its supervisor. */
  | { readonly kind: 'kill-supervisor'; readonly who: Place; readonly forMs: number }
  | { readonly kind: 'kill-watchdog'; readonly who: Place }
  /** The machine with all that is on it, the command too: only where it is awake again before it matters. */
  | { readonly kind: 'suspend'; readonly who: Place; readonly forMs: number }
  /** Only its cue is waited for. */
  | { readonly kind: 'none' }
  /** The wall clock alone. */
  | { readonly kind: 'set-clock'; readonly who: Place; readonly byMs: number }
  /** By an operator: only of a leader that runs nothing, and is about to run nothing. */
  | { readonly kind: 'remove-znode'; readonly who: Place }
  /** An operator's, who waits for that long. */
  | { readonly kind: 'ask-to-run'; readonly forMs: number };

export interface Fault {
  /** After the fault before it. */
  readonly gapMs: number;
  /** Then waits for this to happen, for a while; undefined waits for nothing. */
  readonly upon: Cue | undefined;
  readonly deed: Deed;
}

/** A job of which a ledger is kept, and how its commands turn out. */
export interface Work {
  readonly job: Job;
  readonly livesMs: { readonly least: number; readonly most: number };
  /** How many of the commands fail, and how many of the checks; none when all is calm. */
  readonly failing: number;
  readonly unfit: number;
}

export interface Plan {
  readonly seed: number;
  readonly timing: Timing;
  readonly waitMs: number;
  readonly onLost: Settings['onLost'];
  readonly syncLimit: number;
  readonly contenders: number;
  /** Of the machines, servers first: parts of one percent that the clock is fast. */
  readonly drifts: readonly number[];
  readonly delayMs: { readonly least: number; readonly most: number };
  readonly pingJitterMs: number;
  /** Of children: how many ignore SIGTERM, and how many exit by themselves. */
  readonly stubborn: number;
  readonly mortal: number;
  /** Undefined for a command that is run once a term, and of which nothing is written down. */
  readonly work: Work | undefined;
  /** How wrong the contenders' wall clocks are at first. */
  readonly wallsFastMs: readonly number[];
  /** Whether each term has hooks, which are stubborn as children are. */
  readonly hooks: boolean;
  /** What a watchdog may need to start. */
  readonly watchdogStartMs: number;
  /** Before the first fault. */
  readonly calmMs: number;
  readonly faults: readonly Fault[];
}

export const MOST_CONTENDERS = 4;
export const MACHINES = 3 + MOST_CONTENDERS;

export const defaults: Timing = {
  sessionTimeoutMs: 15_000,
  heartbeatMs: 1000,
  tickTimeMs: 2000,
  leaseGraceMs: 3000,
  killBudgetMs: 1000,
  marginMs: 500,
  stopTimeoutMs: 30_000,
};

export const short: Timing = {
  sessionTimeoutMs: 2000,
  heartbeatMs: 200,
  tickTimeMs: 500,
  leaseGraceMs: 300,
  killBudgetMs: 200,
  marginMs: 100,
  stopTimeoutMs: 600,
};

/** A write takes up to six ways; a heartbeat that takes longer than the time between two leaves no lease to lead by. */
export function withinHeartbeat(delay: Plan['delayMs'], heartbeatMs: number): Plan['delayMs'] {
  const most = Math.min(delay.most, heartbeatMs / 12);
  return { least: Math.min(delay.least, most), most };
}
