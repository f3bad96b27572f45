// Owns what the core is told (events), and what it wants done (commands).
// Must never hold anything but data.

import type { Ledger } from '../ledger/ledger.js';
import type { ChildExit, Ending, SkipCause, StopCause } from './endings.js';
import type { FoundLedger, Instruction, LedgerOutcome, Run, RunRequest, TermHook, Znode } from './term.js';

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
