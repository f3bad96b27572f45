// Owns what an operator may want of a command that ends by itself, or that runs by a schedule.
// Must never hold anything but data.

import type { Schedule } from '../schedule/schedule.js';

/** What follows a run. */
export type AfterRun =
  /** This program ends with the command. */
  | 'exit'
  /** The same term runs it again, after a pause. */
  | 'restart'
  /** To the end of the line, for somebody else to try. */
  | 'resign'
  /** The term goes on, and waits for the next tick. */
  | 'stay';

/** The operator's policy for the job; it never changes while the program runs. */
export interface Job {
  readonly onExit: AfterRun;
  readonly onFailure: AfterRun;
  /** The first pause before a restart; it doubles with every failure in a row. In milliseconds. */
  readonly restartDelayMs: number;
  readonly restartDelayMaxMs: number;
  /** More restarts than this within the period, and the term is given up. */
  readonly maxRestarts: { readonly count: number; readonly periodMs: number } | undefined;
  /** Infinity for as long as it likes. */
  readonly maxRuntimeMs: number;
  readonly schedule: Schedule | undefined;
  /** What a tick does that finds the run of an earlier one. */
  readonly overlap: 'skip' | 'queue' | 'replace';
  /** How late a tick may still be run. */
  readonly catchUpMs: number;
  readonly rerunInterrupted: boolean;
  /** One run for that tick on all servers together, and then the end. */
  readonly oncePer: OncePer | undefined;
  /** How many entries the ledger keeps. */
  readonly history: number;
  readonly check: Check | undefined;
  /** What makes the pauses of this contender differ from the others'. */
  readonly seed: number;
}

/** The tick that this program was started for. */
export type OncePer =
  { readonly kind: 'tick'; readonly tick: number } | { readonly kind: 'name'; readonly name: string };

/** Whether this server is fit to run the command: asked every interval. */
export interface Check {
  readonly intervalMs: number;
  /** Passed this often in a row, the server stands for election. */
  readonly rise: number;
  /** Failed this often in a row, it does not, and resigns if it leads. */
  readonly fall: number;
}

/** One run, and whatever follows it is the end: no ledger is kept. */
export const RUN_ONCE: Job = {
  onExit: 'exit',
  onFailure: 'exit',
  restartDelayMs: 1000,
  restartDelayMaxMs: 60_000,
  maxRestarts: undefined,
  maxRuntimeMs: Infinity,
  schedule: undefined,
  overlap: 'skip',
  catchUpMs: 600_000,
  rerunInterrupted: false,
  oncePer: undefined,
  history: 50,
  check: undefined,
  seed: 0,
};

/** Whether what becomes of the runs is written down beside the election, and read by whoever leads next. */
export function keepsLedger({
  schedule,
  oncePer,
  onExit,
  onFailure,
}: Pick<Job, 'onExit' | 'onFailure'> & {
  readonly schedule: object | undefined;
  readonly oncePer: object | undefined;
}): boolean {
  return schedule !== undefined || oncePer !== undefined || onExit !== 'exit' || onFailure !== 'exit';
}

/** Whether a leader runs the command for whoever asks: one that runs it once, and then ends, has no turn to spare. */
export function takesRequests(job: Job): boolean {
  return keepsLedger(job) && job.oncePer === undefined;
}
