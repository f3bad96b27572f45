// Owns the vocabulary of the core: what it is told (events), what it wants done (commands), what it remembers (state).
// Must never hold anything but data.

import type { Behind, NamePattern } from './contenders.js';
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
}

/** A hook, by what it is told: a term has begun, a term ends, we stand in line behind others. */
export type HookName = 'elected' | 'lost' | 'standby';

/** The hooks that run in the tree of a term's command. */
export type TermHook = Exclude<HookName, 'standby'>;

/** Why a term's hook is left out. */
export type SkipCause = 'killed-at-once' | 'no-time' | 'not-started';

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
  | { readonly kind: 'not-elected' }
  | { readonly kind: 'no-ensemble' }
  | { readonly kind: 'leadership-lost' }
  | { readonly kind: 'refused'; readonly message: string }
  /** The ensemble will not have us, as we are. */
  | { readonly kind: 'denied'; readonly message: string };

/** What follows a term, or a place in line given back; `halt` stands still first, and rejoins when continued. */
export type Next = Ending | { readonly kind: 'rejoin' } | { readonly kind: 'halt' };

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
  | { readonly type: 'joined'; readonly sentAt: number; readonly znode: Znode }
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
      /** As it stood behind the heartbeat, if that was to look for it. */
      readonly pause?: Instruction | undefined;
    }
  | { readonly type: 'removed'; readonly sentAt: number; readonly name: string }
  // What operators want.
  /** Perhaps somebody asks the contender of that name to resign. */
  | { readonly type: 'request-fired'; readonly name: string }
  | { readonly type: 'resign-asked'; readonly name: string; readonly request: Instruction }
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
  /** `looksForPause`: reads, behind it on the same connection, whether the election is paused. */
  | { readonly type: 'heartbeat'; readonly name: string; readonly looksForPause: boolean }
  | { readonly type: 'remove'; readonly name: string }
  /** Watches for, and looks at, what asks the contender of that name to resign. */
  | { readonly type: 'listen'; readonly name: string }
  | { readonly type: 'start-watchdog' }
  /** The watchdog kills the command at `killAt`, whatever has become of us by then. */
  | { readonly type: 'start-child'; readonly znode: Znode; readonly killAt: number }
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
  | { readonly type: 'skip-hook'; readonly hook: 'lost'; readonly because: SkipCause }
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
      readonly readInFlight: boolean;
      /** Something happened while a read was under way: its answer may be older. */
      readonly readAgain: boolean;
      readonly readSentAt: number | undefined;
      /** As the last heartbeat found it that looked for one. */
      readonly pause: Instruction | undefined;
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
  | { readonly kind: 'exited'; readonly exit: ChildExit };

export type Phase =
  /** No session yet, or no watchdog. */
  | { readonly name: 'connecting' }
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
  | { readonly name: 'leading'; readonly znode: Znode; readonly since: number }
  /** The command was told to end; the znode stays until every process of it is gone. */
  | {
      readonly name: 'stopping';
      readonly znode: Znode;
      readonly cause: StopCause;
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
  /** The epoch of the last term; no command is ever started twice under one. */
  readonly lastEpoch: bigint;
}

/** A step's result. */
export interface Outcome {
  readonly state: State;
  readonly commands: readonly Command[];
}
