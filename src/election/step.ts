// Owns the election: one event in, the next state and what is to be done out.
// Must never touch anything outside its arguments; the supervisor performs the commands.
//
//   connecting ──> joining ──> standby ──> elected ──> idle ──────────> leading
//     ^            ^    ^      watches     waits for   │  ^  a run is       │
//     │            │    │      only its    its own     │  │  claimed        │ asked to stop, lease runs out,
//     │            │   away    predecessor heartbeat   │  │                 │ session lost, command ended
//     │ lost       │    ^                              │  │  the term       v
//     │            │    │ not fit,                     │  └── goes on ─── stopping    TERM, grace, KILL,
//     │            │    │ or a pause                   v                    │         until the tree is empty
//     └────────────┴────┴──────────────────────── resigning <───────────────┘
//                       rejoin                    deletes the znode
//                                                      └──> ended
//
// Where no ledger is kept, a term begins with its run: from elected to leading. Standby and elected give their place
// back by resigning as well. A znode that has gone is not deleted: from there it goes on as behind resigning.

import {
  onChildExited,
  onTreeEmpty,
  onWatchdogExpired,
  onWatchdogLost,
  onWatchdogReady,
} from './child-events.js';
import {
  onContenders,
  onHeartbeat,
  onJoined,
  onLedgerSeen,
  onLedgerWritten,
  onRemoved,
  onSurveyed,
  onWatchFired,
  onWatching,
} from './line-events.js';
import { checked, initialFitness } from './fitness.js';
import type { Event } from './messages.js';
import type { Outcome, Settings, State } from './model.js';
import { passTime, watchdogDeadline } from './passing-time.js';
import { onRequestFired, onResignAsked, onRunRequestFired } from './operator-events.js';
import { onRunAsked, onRunNotAsked } from './runs.js';
import { onConnected, onLost, onRefused, onSuspended } from './session-events.js';
import { onHangup, onSignal } from './signal-events.js';
import { andThen, outcome } from './transitions.js';

/** The state before anything happened, and the first things to do. */
export function begin(settings: Settings, now: number): Outcome {
  const begun = outcome(
    {
      session: { status: 'opening' },
      watchdog: { startingSince: now },
      phase: { name: 'connecting' },
      waitingSince: now,
      lastEpoch: -1n,
      wallOffsetMs: undefined,
      fitness: initialFitness(settings.job.check, now),
      awayUntil: now,
      restarts: [],
    },
    { type: 'start-watchdog' },
    { type: 'open-session' },
  );
  return andThen(begun, (state) => passTime(settings, state, now));
}

/**
 * Takes one event. `now` is the moment at which it is taken from the queue, never when it was put there: deadlines
 * that have passed by then come first, and nothing the event says can revive them.
 */
export function step(settings: Settings, state: State, event: Event, now: number): Outcome {
  const late = passTime(settings, state, now);
  const handled = andThen(late, (latched) =>
    latched.phase.name === 'ended' ? outcome(latched) : handle(settings, latched, event, now),
  );
  const settled = andThen(handled, (next) => passTime(settings, next, now));
  return andThen(settled, (next) => feedWatchdog(settings, state, next));
}

/** Tells the watchdog the deadline whenever the ensemble's answers, or our own haste, have moved it. */
function feedWatchdog(settings: Settings, before: State, after: State): Outcome {
  const told = watchdogDeadline(settings, before);
  const killAt = watchdogDeadline(settings, after);
  return told === undefined || killAt === undefined || killAt === told
    ? outcome(after)
    : outcome(after, { type: 'set-deadline', killAt });
}

function handle(settings: Settings, state: State, event: Event, now: number): Outcome {
  switch (event.type) {
    case 'clock':
      return outcome(state);
    case 'signal':
      return onSignal(settings, state, event.signal, now);
    case 'hangup':
      return onHangup(settings, state, now);
    case 'connected':
      return onConnected(settings, state, event, now);
    case 'suspended':
      return onSuspended(state);
    case 'lost':
      return onLost(settings, state, event.reason, now);
    case 'refused':
    case 'denied':
      return onRefused(settings, state, { kind: event.type, message: event.message }, now);
    case 'surveyed':
      return onSurveyed(settings, state, event, now);
    case 'joined':
      return onJoined(settings, state, event, now);
    case 'contenders':
      return onContenders(settings, state, event, now);
    case 'watching':
      return onWatching(settings, state, event, now);
    case 'watch-fired':
      return onWatchFired(state, event.name, now);
    case 'heartbeat':
      return onHeartbeat(settings, state, event, now);
    case 'removed':
      return onRemoved(settings, state, event, now);
    case 'request-fired':
      return onRequestFired(settings, state, event.name);
    case 'resign-asked':
      return onResignAsked(settings, state, event, now);
    case 'run-request-fired':
      return onRunRequestFired(state);
    case 'run-asked':
      return onRunAsked(state, event.request);
    case 'run-not-asked':
      return onRunNotAsked(state);
    case 'ledger-seen':
      return onLedgerSeen(settings, state, event, now);
    case 'ledger-written':
      return onLedgerWritten(settings, state, event, now);
    case 'wall-clock':
      return outcome({ ...state, wallOffsetMs: event.offsetMs });
    case 'checked':
      return onChecked(settings, state, event, now);
    case 'child-exited':
      return onChildExited(settings, state, event.exit, now);
    case 'tree-empty':
      return onTreeEmpty(settings, state, now);
    case 'watchdog-ready':
      return onWatchdogReady(settings, state, now);
    case 'watchdog-expired':
      return onWatchdogExpired(settings, state, now);
    case 'watchdog-lost':
      return onWatchdogLost(settings, state, event.reason, now);
  }
}

function onChecked(
  { job }: Settings,
  state: State,
  { passed, because }: Extract<Event, { type: 'checked' }>,
  now: number,
): Outcome {
  if (job.check === undefined) return outcome(state);
  return outcome({ ...state, fitness: checked(job.check, state.fitness, passed, because, now) });
}
