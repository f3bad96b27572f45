// Owns what is kept of a run beside the history: which fault hit whom and when, and who was there at all.

import type { Ledger } from '../../src/ledger/ledger.js';
import type { History, Violation } from './history.js';
import type { ContenderId, Fault, Plan } from './plan.js';

export type Lane = ContenderId | 'server 1' | 'server 2' | 'server 3';
export const LANES: readonly Lane[] = ['a', 'b', 'c', 'server 1', 'server 2', 'server 3'];

export interface FaultRecord {
  /** From 1, in the order of the plan. */
  readonly number: number;
  readonly fault: Fault;
  /** Whom it hit. */
  readonly lanes: readonly Lane[];
  /** Microseconds of CLOCK_MONOTONIC, as everywhere. */
  readonly at: number;
  /** When it was over; undefined while it lasts. */
  healedAt?: number;
}

/** When a contender's supervisor, or a server, was running. */
export interface Presence {
  readonly lane: Lane;
  readonly from: number;
  to?: number;
}

export interface Run {
  readonly plan: Plan;
  readonly from: number;
  readonly to: number;
  readonly history: History;
  /** Of a scheduled job, as it was read last. */
  readonly ledger: Ledger | undefined;
  readonly faults: readonly FaultRecord[];
  readonly presences: readonly Presence[];
  /** Of the history and of everything else. */
  readonly violations: readonly Violation[];
}

/** The clock of the history: CLOCK_MONOTONIC, which all processes of a machine have in common, in microseconds. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
