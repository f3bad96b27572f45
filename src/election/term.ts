// Owns what a term is made of: its znode, its runs, its copy of the ledger, and what operators want of it.
// Must never hold anything but data.

import type { Ledger, Occasion } from '../ledger/ledger.js';
import type { ChildExit, Ending } from './endings.js';

/** A contender znode of ours. */
export interface Znode {
  readonly name: string;
  /** Its czxid: larger in every later term. */
  readonly epoch: bigint;
}

/** What an operator has left beside the election path, for people to read; nothing is decided by what it says. */
export interface Instruction {
  readonly by: string;
  readonly host: string;
  /** By the wall clock of that host (RFC 3339). */
  readonly since: string;
  readonly because?: string | undefined;
}

/** A hook, by what it is told: a term has begun, a term ends, we stand in line behind others. */
export type HookName = 'elected' | 'lost' | 'standby';

/** The hooks that run in the tree of a term's command. */
export type TermHook = Exclude<HookName, 'standby'>;

/** The ledger as it stands at the ensemble; undefined inside where there is none. */
export interface FoundLedger {
  readonly ledger: Ledger | undefined;
}

export type LedgerOutcome =
  | 'written'
  /** Our znode has gone, and nothing was written. */
  | 'znode-gone'
  /** There is none any more: somebody has removed it. */
  | 'ledger-gone'
  /** There is one already: an earlier write of ours, whose answer was lost. */
  | 'ledger-exists';

/** Somebody asks for a run now. */
export interface RunRequest {
  /** The transaction that made it, in decimal digits: no two requests have the same. */
  readonly id: string;
  readonly instruction: Instruction;
}

/** A run that has been claimed, or needs no claim. */
export interface Run extends Occasion {
  /** The epoch, and its number in the term: 4294967298-1. */
  readonly id: string;
  /** By the wall clock, in milliseconds since the Unix epoch; undefined where it needs no claim. */
  readonly claimedAt?: number;
}

/** One that has been started. */
export interface StartedRun extends Run {
  readonly startedAt: number;
  readonly exit?: ChildExit | undefined;
}

/** A run that nobody has claimed yet. */
export interface PlannedRun extends Occasion {
  readonly notBefore: number;
}

/** What a term knows of its job. */
export interface Term {
  /** Claimed under its epoch. */
  readonly runs: number;
  /** Where a ledger is kept. */
  readonly records: Records | undefined;
  /** A restart, or the run of a tick once more. */
  readonly planned: PlannedRun | undefined;
  /** The last tick that came due while an earlier one's run was going, and is to be run behind it. */
  readonly queued: number | undefined;
  readonly request: RunRequest | undefined;
  /** What the ensemble has denied to it, or refused, since its run began: there will be no other run. */
  readonly refusal?: Extract<Ending, { readonly message: string }>;
}

/** The ledger as this term has it: nobody else writes it. */
export interface Records {
  readonly ledger: Ledger;
  readonly exists: boolean;
  /** How often it was changed; the last change sent on this connection; the last one that a quorum has taken. */
  readonly revision: number;
  readonly sent: number;
  readonly confirmed: number;
}
