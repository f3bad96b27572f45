// Owns the vocabulary of the core: what it is told (events), what it wants done (commands), what it remembers (state).
// Must never hold anything but data.

import type { Ledger, Occasion, Result, RunEntry } from '../ledger/ledger.js';
import type { Behind, NamePattern } from './contenders.js';
import type { Fitness } from './fitness.js';
import type { Job } from './job.js';
import type { Evidence } from './lease.js';
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

/** A hook, by what it is told: a term has begun, a term ends, we stand in line behind others. */
export type HookName = 'elected' | 'lost' | 'standby';

/** The hooks that run in the tree of a term's command. */
export type TermHook = Exclude<HookName, 'standby'>;

/** Why a term's hook is left out. */
export type SkipCause = 'killed-at-once' | 'no-time' | 'not-started' | 'term-goes-on';

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

/** How the command's main process ended, or why it could not be started. */
export type ChildExit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly errno: string };

/** Why this program ends; the shell makes the exit status of it. */
export type Ending =
  | { readonly kind: 'child-exited'; readonly exit: ChildExit }
  | { readonly kind: 'asked'; readonly signal: string }
  /** It ran for longer than it may. */
  | { readonly kind: 'overran' }
  /** Somebody has run it for this tick, or runs it. */
  | { readonly kind: 'already-run'; readonly run: string | undefined }
  | { readonly kind: 'not-elected' }
  | { readonly kind: 'no-ensemble' }
  | { readonly kind: 'leadership-lost' }
  | { readonly kind: 'refused'; readonly message: string }
  /** The ensemble will not have us, as we are. */
  | { readonly kind: 'denied'; readonly message: string };

/** What follows a term, or a place in line given back; `halt` stands still first, and rejoins when continued. */
export type Next =
  Ending | { readonly kind: 'rejoin'; readonly because?: Retreat } | { readonly kind: 'halt' };

/** Why a contender gives its place back of its own accord. */
export type Retreat = 'run-ended' | 'too-many-restarts' | 'unfit';

/** What happened. Answers repeat the moment at which the command that caused them was performed. */
export type Event =
  | { readonly type: 'clock' }
  | { readonly type: 'signal'; readonly signal: string }
  /** Our terminal has gone, and told us so by a SIGHUP; a shell on it tells it once more. */
  | { readonly type: 'hangup' }
  // The session.
  | {
      readonly type: 'connected';
      readonly sessionId: string;
      readonly sessionTimeoutMs: number;
      readonly sentAt: number;
    }
  | { readonly type: 'suspended'; readonly reason: string }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'refused'; readonly message: string }
  /** The ensemble does not let us in, or not do what we must, with the credentials that we have. */
  | { readonly type: 'denied'; readonly message: string }
  // Answers of the ensemble.
  | {
      readonly type: 'surveyed';
      readonly sentAt: number;
      readonly names: readonly string[];
      readonly own: readonly (Znode & { readonly ephemeralOwner: string })[];
    }
  | {
      readonly type: 'joined';
      readonly sentAt: number;
      readonly znode: Znode;
      /** By the ensemble's clock, in milliseconds since the Unix epoch; for people, nothing is decided by it. */
      readonly createdAt?: number;
    }
  | { readonly type: 'contenders'; readonly sentAt: number; readonly names: readonly string[] }
  | {
      readonly type: 'watching';
      readonly sentAt: number;
      readonly name: string;
      readonly exists: boolean;
      /** Who they are, by what their znodes say; for people, nothing is decided by it. */
      readonly ids?: { readonly predecessor: string | undefined; readonly leader: string | undefined };
    }
  | { readonly type: 'watch-fired'; readonly name: string }
  | {
      readonly type: 'heartbeat';
      readonly sentAt: number;
      readonly znodeExists: boolean;
      /** As they stood behind the heartbeat, if that was to look around. */
      readonly pause?: Instruction | undefined;
      readonly ledger?: FoundLedger | undefined;
    }
  | { readonly type: 'removed'; readonly sentAt: number; readonly name: string }
  // What operators want.
  /** Perhaps somebody asks the contender of that name to resign. */
  | { readonly type: 'request-fired'; readonly name: string }
  | { readonly type: 'resign-asked'; readonly name: string; readonly request: Instruction }
  /** Perhaps somebody asks for a run. */
  | { readonly type: 'run-request-fired' }
  | { readonly type: 'run-asked'; readonly request: RunRequest }
  /** Nobody does, any more. */
  | { readonly type: 'run-not-asked' }
  // The job.
  | { readonly type: 'ledger-seen'; readonly ledger: FoundLedger }
  | {
      readonly type: 'ledger-written';
      readonly sentAt: number;
      readonly revision: number;
      readonly outcome: LedgerOutcome;
    }
  /** How far the wall clock of this machine is ahead of ours: at the start, and whenever that has changed. */
  | { readonly type: 'wall-clock'; readonly offsetMs: number }
  | { readonly type: 'checked'; readonly passed: boolean; readonly because: string }
  // The command.
  | { readonly type: 'child-exited'; readonly exit: ChildExit }
  /** No process of the command is left: proved, or nothing was ever started. */
  | { readonly type: 'tree-empty' }
  // The watchdog, which holds the command.
  | { readonly type: 'watchdog-ready' }
  /** It kills the command, since the last deadline that it was told has passed. */
  | { readonly type: 'watchdog-expired' }
  | { readonly type: 'watchdog-lost'; readonly reason: string };

/** What is to be done, in this order. Requests are of the present connection; none outlives it. */
export type Command =
  | { readonly type: 'open-session' }
  | { readonly type: 'survey' }
  | { readonly type: 'join' }
  | { readonly type: 'read' }
  | { readonly type: 'watch'; readonly name: string; readonly leader: string }
  /** `looksAround`: reads, behind it on the same connection, what a leader has to know: a pause, the ledger. */
  | { readonly type: 'heartbeat'; readonly name: string; readonly looksAround: boolean }
  | { readonly type: 'remove'; readonly name: string }
  /** Watches for, and looks at, what asks the contender of that name to resign. */
  | { readonly type: 'listen'; readonly name: string }
  /** Watches for, and looks at, what asks for a run. */
  | { readonly type: 'listen-for-runs' }
  /** Looks at the ledger, now and whenever it has changed. */
  | { readonly type: 'watch-ledger' }
  /** As long as our znode of that name stands: in place of the one that `exists`, or as the first. */
  | {
      readonly type: 'write-ledger';
      readonly name: string;
      readonly ledger: Ledger;
      readonly exists: boolean;
      readonly revision: number;
    }
  | { readonly type: 'run-check' }
  | { readonly type: 'start-watchdog' }
  /** The watchdog kills the command at `killAt`, whatever has become of us by then. */
  | {
      readonly type: 'start-child';
      readonly znode: Znode;
      readonly killAt: number;
      readonly run: Run;
    }
  | { readonly type: 'set-deadline'; readonly killAt: number }
  /** To the process group of the command, as a terminal would; or to every process of its tree. */
  | { readonly type: 'signal-child'; readonly signal: string; readonly to: 'group' | 'tree' }
  | { readonly type: 'kill-child' }
  /** Stands still, as Ctrl-Z wants it: nothing behind it is done before somebody continues us. */
  | { readonly type: 'halt' }
  // The hooks. Nothing waits for one but the end of the tree that it is in.
  | { readonly type: 'run-hook'; readonly hook: 'elected' | 'standby' }
  | { readonly type: 'run-hook'; readonly hook: 'lost'; readonly cause: StopCause }
  /** An empty tree would wait for it. */
  | { readonly type: 'skip-hook'; readonly hook: TermHook; readonly because: SkipCause }
  /** Should it run still. */
  | { readonly type: 'end-hook'; readonly hook: 'standby' }
  | { readonly type: 'end'; readonly ending: Ending };

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

/** Why a command is being stopped. */
export type StopCause =
  | { readonly kind: 'asked'; readonly signal: string }
  /** An operator wants somebody else to lead. */
  | { readonly kind: 'resign'; readonly request: Instruction }
  | { readonly kind: 'lease' }
  | { readonly kind: 'lost'; readonly reason: string }
  /** The watchdog has gone: should we go too, nobody would end the command. */
  | { readonly kind: 'unwatched'; readonly reason: string }
  | { readonly kind: 'exited'; readonly exit: ChildExit }
  /** It ran for longer than it may. */
  | { readonly kind: 'overran' }
  /** The next run wants its place. */
  | { readonly kind: 'replaced' }
  /** This server has failed its check. */
  | { readonly kind: 'unfit'; readonly because: string };

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

/** What a standby knows of the line ahead of it. */
export type Standby =
  | { readonly kind: 'unknown' }
  /** First in line; but a stranger stands under the election path, and may lead by its own order. */
  | { readonly kind: 'barred' }
  | (Behind & { readonly watched: boolean });

/** The phase of that name. */
export type PhaseOf<Name extends Phase['name']> = Extract<Phase, { name: Name }>;

export interface State {
  readonly session: Session;
  /** Nobody stands for election, and no command is started, without one that is ready. */
  readonly watchdog: 'starting' | 'ready';
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
