// Owns what everybody in the simulation shares: time, chance, the ways, and the words said about what happens.

import type { Network } from './network.js';
import type { Queue } from './queue.js';
import type { Random } from './random.js';

/** What a fault may wait for. */
export type Cue =
  | 'create'
  | 'heartbeat'
  | 'ping'
  | 'leader'
  | 'expiry'
  | 'start'
  | 'connect'
  /** A server reads the ledger for somebody. */
  | 'look'
  /** A run's points: its claim is sent, committed, confirmed; its tree is empty; its result is committed. */
  | 'claim'
  | 'claimed'
  | 'granted'
  | 'end'
  | 'concluded';

export interface Stage {
  readonly queue: Queue;
  readonly random: Random;
  readonly network: Network;
  /** Keeps a line for the timeline; the text is only made when somebody will read it. */
  readonly say: (line: () => string) => void;
  /** Tells the faults that wait for such a thing. */
  readonly cue: (cue: Cue) => void;
  readonly count: (figure: string) => void;
}

/** Clients of machines 3 and up talk to the servers on machines 0, 1 and 2. */
export const SERVERS = 3;
export const MAJORITY = 2;

/** The session of whoever is no contender, and only gives orders: it is not checked. */
export const OPERATOR = 0;
