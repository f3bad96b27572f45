// Owns what the watchdog decides: one event in, the next state and what is to be done out.
// Must never touch anything outside its arguments; `watchdog.ts` performs the commands.
//
//   none ──start──> running ──told to, deadline, supervisor gone──> ending
//    ^                 │                                              │
//    └──── empty ──────┴───────────────── empty ──────────────────────┘

import type { ChildExit } from '../election/endings.js';
import type { TermHook } from '../election/term.js';
import type { Order, OrderOf, ProcessGroup, Report, SessionKey, SideRole } from './protocol.js';

/** Stands for an errno where nothing was started because the order came too late. */
export const TOO_LATE = 'ETIME';

/** What happened. `killAt` is the order's moment as a time of the watchdog's own clock. */
export type WatchdogEvent =
  | { readonly type: 'clock' }
  | { readonly type: 'order'; readonly order: Order; readonly killAt: number | undefined }
  /** The pipe has closed, or what comes through it cannot be understood. */
  | { readonly type: 'supervisor-gone' }
  | { readonly type: 'exited'; readonly exit: ChildExit }
  | { readonly type: 'hook-ended'; readonly hook: TermHook; readonly exit: ChildExit }
  /** No process of the tree is left. */
  | { readonly type: 'empty' }
  | { readonly type: 'session-ended' };

/** What is to be done, in this order. */
export type WatchdogCommand =
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'start'; readonly order: OrderOf<'start'> }
  | { readonly type: 'signal'; readonly signal: string; readonly to: 'group' | 'tree' }
  | { readonly type: 'start-hook'; readonly order: OrderOf<'run-hook'> }
  /** Whether the tree is empty: until now that would have been no end. */
  | { readonly type: 'look' }
  /** Again and again, until the tree is empty. */
  | { readonly type: 'kill' }
  | { readonly type: 'kill-group'; readonly leader: ProcessGroup }
  | { readonly type: 'stand-by' }
  | { readonly type: 'end-session'; readonly key: SessionKey }
  | { readonly type: 'exit' };

/** The command's processes. */
export type TreeState =
  | { readonly status: 'none' }
  | {
      readonly status: 'running';
      readonly term: string;
      readonly killAt: number;
      /** Those that have neither been started nor left out yet. */
      readonly hooksDue: readonly TermHook[];
    }
  | { readonly status: 'ending'; readonly term: string };

export interface WatchdogState {
  /** Of the last order taken. */
  readonly lastNumber: number;
  readonly tree: TreeState;
  readonly session: SessionKey | undefined;
  /** Of the supervisor's own, outside the tree. */
  readonly sideProcesses: Readonly<Partial<Record<SideRole, ProcessGroup | undefined>>>;
  readonly supervisor: 'present' | 'leaving' | 'gone';
}

export interface WatchdogOutcome {
  readonly state: WatchdogState;
  readonly commands: readonly WatchdogCommand[];
}

export const initially: WatchdogState = {
  lastNumber: -1,
  tree: { status: 'none' },
  session: undefined,
  sideProcesses: {},
  supervisor: 'present',
};

/** Takes one event. A deadline that has passed at `now` comes first, and nothing the event says can revive the term. */
export function step(state: WatchdogState, event: WatchdogEvent, now: number): WatchdogOutcome {
  const latched = expire(state, now);
  const handled = handle(latched.state, event, now);
  return { state: handled.state, commands: [...latched.commands, ...handled.commands] };
}

/** The next moment at which the clock alone has something to say. */
export function wakeAt({ tree }: WatchdogState): number {
  return tree.status === 'running' ? tree.killAt : Infinity;
}

function expire(state: WatchdogState, now: number): WatchdogOutcome {
  const { tree } = state;
  if (tree.status !== 'running' || now < tree.killAt) return outcome(state);
  return outcome(ending(state, tree.term), told({ type: 'expired', term: tree.term }), { type: 'kill' });
}

function handle(state: WatchdogState, event: WatchdogEvent, now: number): WatchdogOutcome {
  switch (event.type) {
    case 'clock':
      return outcome(state);
    case 'order':
      return onOrder(state, event.order, event.killAt, now);
    case 'supervisor-gone':
      return state.supervisor === 'present' ? onSupervisorGone(state) : outcome(state);
    case 'exited':
      return onExited(state, event.exit);
    case 'hook-ended':
      return state.tree.status === 'none'
        ? outcome(state)
        : outcome(state, hookEnded(state.tree.term, event.hook, event.exit));
    case 'empty':
      return onEmpty(state);
    case 'session-ended':
      return outcome(state, { type: 'exit' });
  }
}

function onOrder(
  state: WatchdogState,
  order: Order,
  killAt: number | undefined,
  now: number,
): WatchdogOutcome {
  // One that came twice, or in the wrong order: what it says is out of date.
  if (order.number <= state.lastNumber || state.supervisor !== 'present') return outcome(state);
  const obeyed = obey({ ...state, lastNumber: order.number }, order, killAt, now);
  return { ...obeyed, commands: [told({ type: 'taken', number: order.number }), ...obeyed.commands] };
}

function obey(state: WatchdogState, order: Order, killAt = -Infinity, now: number): WatchdogOutcome {
  const { tree } = state;
  switch (order.type) {
    case 'prepare':
      return outcome(state);
    case 'session':
      return outcome({ ...state, session: order.key });
    case 'stand-by':
      return tree.status === 'none' ? outcome(state, { type: 'stand-by' }) : outcome(state);
    case 'leave':
      return finish({ ...state, supervisor: 'leaving' });
    case 'start':
      return start(state, order, killAt, now);
    case 'set-deadline':
      return tree.status === 'running' && tree.term === order.term
        ? outcome({ ...state, tree: { ...tree, killAt } })
        : outcome(state);
    case 'run-hook':
      return runHook(state, order);
    case 'skip-hook':
      return tree.status === 'running' && tree.term === order.term
        ? outcome({ ...state, tree: without(tree, order.hook) }, { type: 'look' })
        : outcome(state);
    case 'side-process':
      return outcome({ ...state, sideProcesses: { ...state.sideProcesses, [order.role]: order.leader } });
    case 'signal':
      return tree.status !== 'none' && tree.term === order.term
        ? outcome(state, { type: 'signal', signal: order.signal, to: order.to })
        : outcome(state);
    case 'kill':
      return tree.status === 'running' && tree.term === order.term
        ? outcome(ending(state, tree.term), { type: 'kill' })
        : outcome(state);
  }
}

function start(state: WatchdogState, order: OrderOf<'start'>, killAt: number, now: number): WatchdogOutcome {
  // Two terms at once would be a supervisor that has lost its head: nothing it says counts any more.
  if (state.tree.status !== 'none') return finish({ ...state, supervisor: 'gone' });
  const { term, hooks } = order;
  if (now < killAt) {
    const tree: TreeState = { status: 'running', term, killAt, hooksDue: hooks };
    return outcome({ ...state, tree }, { type: 'start', order });
  }
  return outcome(
    state,
    told({ type: 'expired', term }),
    told({ type: 'exited', term, exit: { kind: 'not-started', errno: TOO_LATE } }),
    told({ type: 'empty', term }),
  );
}

/** Only what runs is joined: a tree that is being killed would grow again, one that is empty has been let go. */
function runHook(state: WatchdogState, order: OrderOf<'run-hook'>): WatchdogOutcome {
  const { tree } = state;
  const { term, hook } = order;
  if (tree.status === 'running' && tree.term === term && tree.hooksDue.includes(hook)) {
    return outcome({ ...state, tree: without(tree, hook) }, { type: 'start-hook', order });
  }
  return outcome(state, hookEnded(term, hook, { kind: 'not-started', errno: TOO_LATE }));
}

function without(tree: TreeState & { status: 'running' }, hook: TermHook): TreeState {
  return { ...tree, hooksDue: tree.hooksDue.filter((due) => due !== hook) };
}

function onExited(state: WatchdogState, exit: ChildExit): WatchdogOutcome {
  const { tree } = state;
  if (tree.status === 'none') return outcome(state);
  const report = told({ type: 'exited', term: tree.term, exit });
  // No hook runs for a command that has never run.
  return tree.status === 'running' && exit.kind === 'not-started'
    ? outcome({ ...state, tree: { ...tree, hooksDue: [] } }, report)
    : outcome(state, report);
}

function onSupervisorGone(state: WatchdogState): WatchdogOutcome {
  const kills = Object.values(state.sideProcesses)
    .filter((leader) => leader !== undefined)
    .map((leader): WatchdogCommand => ({ type: 'kill-group', leader }));
  const finished = finish({ ...state, supervisor: 'gone', sideProcesses: {} });
  return { ...finished, commands: [...kills, ...finished.commands] };
}

function onEmpty(state: WatchdogState): WatchdogOutcome {
  if (state.tree.status === 'none') return outcome(state);
  if (state.tree.status === 'running' && state.tree.hooksDue.length > 0) return outcome(state);
  const report = told({ type: 'empty', term: state.tree.term });
  const empty: WatchdogState = { ...state, tree: { status: 'none' } };
  if (state.supervisor === 'present') return outcome(empty, report);
  const finished = finish(empty);
  return { ...finished, commands: [report, ...finished.commands] };
}

/** Nothing more will be asked for: kills what is left, and only then ends the session of a supervisor that died. */
function finish(state: WatchdogState): WatchdogOutcome {
  const { tree, session, supervisor } = state;
  switch (tree.status) {
    case 'running':
      return outcome(ending(state, tree.term), { type: 'kill' });
    case 'ending':
      return outcome(state);
    case 'none':
      return supervisor === 'gone' && session !== undefined
        ? outcome(state, { type: 'end-session', key: session })
        : outcome(state, { type: 'exit' });
  }
}

function ending(state: WatchdogState, term: string): WatchdogState {
  return { ...state, tree: { status: 'ending', term } };
}

function hookEnded(term: string, hook: TermHook, exit: ChildExit): WatchdogCommand {
  return told({ type: 'hook-ended', term, hook, exit });
}

function told(report: Report): WatchdogCommand {
  return { type: 'report', report };
}

function outcome(state: WatchdogState, ...commands: readonly WatchdogCommand[]): WatchdogOutcome {
  return { state, commands };
}
