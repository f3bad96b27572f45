// Owns why things end: the command, a term, this program; and what follows.
// Must never hold anything but data.

import type { Instruction } from './term.js';

/** Why a term's hook is left out. */
export type SkipCause = 'killed-at-once' | 'no-time' | 'not-started' | 'term-goes-on';

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
export type Retreat = 'run-ended' | 'too-many-restarts' | 'unfit' | 'unwatched';

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
