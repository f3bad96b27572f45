// Owns what the core remembers: the phase, the session, and the settings that never change.
// Must never hold anything but data.

import type { Result, RunEntry } from '../ledger/ledger.js';
import type { Behind, NamePattern } from './contenders.js';
import type { Ending, Next, StopCause } from './endings.js';
import type { Fitness } from './fitness.js';
import type { Job } from './job.js';
import type { Evidence } from './lease.js';
import type { Command } from './messages.js';
import type { FoundLedger, HookName, Instruction, StartedRun, Term, Znode } from './term.js';
import type { Timing } from './timing.js';

/** The operator's policy; it never changes while the program runs. */
export interface Settings {
  readonly timing: Timing;
  readonly pattern: NamePattern;
  /** How long to stand in line before giving up, in milliseconds; Infinity for ever, 0 to try once. */
  readonly waitMs: number;
  readonly onLost: 'rejoin' | 'exit';
  /** The hooks that there are: commands of the operator's beside the command. */
  readonly hooks: readonly HookName[];
  readonly stopSignal: string;
  /** Whether a SIGHUP that finds no command to be forwarded to ends us: a closed terminal's does, a reload's does not. */
  readonly hangupEnds: boolean;
  readonly job: Job;
  /** Who claims a run, in the ledger. */
  readonly claimant: { readonly by: string; readonly host: string };
}

/** The way to the ensemble. */
export type Link =
  | { readonly status: 'suspended' }
  | {
      readonly status: 'connected';
      readonly evidence: Evidence;
      /** One heartbeat at a time. */
      readonly heartbeatInFlight: boolean;
      readonly heartbeatSentAt: number | undefined;
      /** The read that was sent last ahead of it: two requests of one step were sent at the same moment. */
      readonly heartbeatBehind: number | undefined;
      readonly readInFlight: boolean;
      /** Something happened while a read was under way: its answer may be older. */
      readonly readAgain: boolean;
      readonly readSentAt: number | undefined;
      /** As the last heartbeat found them that looked around. */
      readonly pause: Instruction | undefined;
      readonly ledger: FoundLedger | undefined;
    };

/** The session, as far as we know. */
export type Session =
  | { readonly status: 'opening' }
  | {
      readonly status: 'live';
      readonly id: string;
      /** The smallest timeout granted so far. */
      readonly timeoutMs: number;
      /** The latest touch that is proved to have reached the ZooKeeper leader. */
      readonly touchedAt: number | undefined;
      readonly link: Link;
    };

/** What a standby knows of the line ahead of it. */
export type Standby =
  | { readonly kind: 'unknown' }
  /** First in line; but a stranger stands under the election path, and may lead by its own order. */
  | { readonly kind: 'barred' }
  | (Behind & { readonly watched: boolean });

export type Phase =
  /** No session yet, or no watchdog. */
  | { readonly name: 'connecting' }
  /** Out of the line on purpose: this server is not fit, or has given its place to another one a moment ago. */
  | { readonly name: 'away' }
  /** Looks at the election path, then makes a znode; starts over with every new connection. */
  | { readonly name: 'joining'; readonly step: 'surveying' | 'creating' | 'discarding' }
  /** In line. */
  | {
      readonly name: 'standby';
      readonly znode: Znode;
      readonly standing: Standby;
      /** Whether the standby hook has been told of this znode's place. */
      readonly announced: boolean;
    }
  /** First in line; waits for a heartbeat sent since then, for room in the lease, and for the end of a pause. */
  | { readonly name: 'elected'; readonly znode: Znode; readonly since: number }
  /** Leads, and no command runs: before its first run, or between two. */
  | {
      readonly name: 'idle';
      readonly znode: Znode;
      readonly since: number;
      readonly term: Term;
      /** Started as soon as a quorum has taken this revision of the ledger, and the lease has room. */
      readonly claim: { readonly run: RunEntry; readonly revision: number } | undefined;
    }
  | {
      readonly name: 'leading';
      readonly znode: Znode;
      /** When the term began. */
      readonly since: number;
      readonly term: Term;
      readonly run: StartedRun;
    }
  /** The command was told to end; the znode stays until every process of it is gone. */
  | {
      readonly name: 'stopping';
      readonly znode: Znode;
      readonly since: number;
      readonly term: Term;
      readonly run: StartedRun;
      readonly cause: StopCause;
      /** What the ledger will say of the run. */
      readonly result: Result;
      /** Whether the term goes on behind the run, unless something happens meanwhile that ends it. */
      readonly stays: boolean;
      /** SIGKILL at this moment, or when the lease says so, if that is earlier. */
      readonly killAt: number;
      readonly killedAt: number | undefined;
      /** False once the session, or the znode itself, is known to be gone. */
      readonly znodeHeld: boolean;
    }
  /** No command runs any more; the znode is being deleted. */
  | {
      readonly name: 'resigning';
      readonly znode: Znode;
      /** What no quorum has confirmed of the term's ledger: sent ahead of the removal, on every connection. */
      readonly lastWords: readonly Extract<Command, { type: 'write-ledger' }>[];
      readonly next: Next;
      readonly giveUpAt: number;
    }
  | { readonly name: 'ended'; readonly ending: Ending };

/** The phase of that name. */
export type PhaseOf<Name extends Phase['name']> = Extract<Phase, { name: Name }>;

export interface State {
  readonly session: Session;
  /** Nobody joins the line, and no command is started, without one that is ready. */
  readonly watchdog: 'ready' | { readonly startingSince: number };
  readonly phase: Phase;
  /** When this contender began to stand in line: at the start, and after each term lost. */
  readonly waitingSince: number;
  /** The epoch of the last term; no term ever begins twice under one. */
  readonly lastEpoch: bigint;
  /** How far the wall clock is ahead of ours; undefined until we have been told. */
  readonly wallOffsetMs: number | undefined;
  readonly fitness: Fitness;
  /** Not in line before this moment. */
  readonly awayUntil: number;
  /** When the command was restarted, as far back as --max-restarts counts. */
  readonly restarts: readonly number[];
}

/** A step's result. */
export interface Outcome {
  readonly state: State;
  readonly commands: readonly Command[];
}
