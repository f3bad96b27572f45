// Owns what the watchdog decides: one event in, the next state and what is to be done out.
// Must never touch anything outside its arguments; `watchdog.ts` performs the commands.
//
//   none ──start──> running ──told to, deadline, supervisor gone──> ending
//    ^                 │                                              │
//    └──── empty ──────┴───────────────── empty ──────────────────────┘

import type { ChildExit } from '../election/model.js';
import type { Order, OrderOf, Report, SessionKey } from './protocol.js';

/** What happened. `killAt` is the order's moment as a time of the watchdog's own clock. */
export type WatchdogEvent =
  | { readonly type: 'clock' }
  | { readonly type: 'order'; readonly order: Order; readonly killAt: number | undefined }
  /** The pipe has closed, or what comes through it cannot be understood. */
  | { readonly type: 'supervisor-gone' }
  | { readonly type: 'exited'; readonly exit: ChildExit }
  /** No process of the tree is left. */
  | { readonly type: 'empty' }
  | { readonly type: 'session-ended' };

/** What is to be done, in this order. */
export type WatchdogCommand =
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'start'; readonly order: OrderOf<'start'> }
  | { readonly type: 'signal'; readonly signal: string; readonly to: 'group' | 'tree' }
  /** Again and again, until the tree is empty. */
  | { readonly type: 'kill' }
  | { readonly type: 'stand-by' }
  | { readonly type: 'end-session'; readonly key: SessionKey }
  | { readonly type: 'exit' };

/** The command's processes. */
export type TreeState =
  | { readonly status: 'none' }
  | { readonly status: 'running'; readonly term: string; readonly killAt: number }
  | { readonly status: 'ending'; readonly term: string };

export interface WatchdogState {
  /** Of the last order taken. */
  readonly lastNumber: number;
  readonly tree: TreeState;
  readonly session: SessionKey | undefined;
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
      return state.supervisor === 'present' ? finish({ ...state, supervisor: 'gone' }) : outcome(state);
    case 'exited':
      return state.tree.status === 'none'
        ? outcome(state)
        : outcome(state, told({ type: 'exited', term: state.tree.term, exit: event.exit }));
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
  const { term } = order;
  if (now < killAt)
    return outcome({ ...state, tree: { status: 'running', term, killAt } }, { type: 'start', order });
  return outcome(
    state,
    told({ type: 'expired', term }),
    told({ type: 'exited', term, exit: { kind: 'not-started', errno: 'ETIME' } }),
    told({ type: 'empty', term }),
  );
}

function onEmpty(state: WatchdogState): WatchdogOutcome {
  if (state.tree.status === 'none') return outcome(state);
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

function told(report: Report): WatchdogCommand {
  return { type: 'report', report };
}

function outcome(state: WatchdogState, ...commands: readonly WatchdogCommand[]): WatchdogOutcome {
  return { state, commands };
}
