// Owns the mutants: the compiled core with one protection taken out, each with plans that make its absence felt.
// Production code has no hooks for this; a text that is not found exactly once fails the test.

import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { replaceOnce } from '../support/mutant.js';
import { temporaryFolder } from '../support/temporary.js';
import type { Broken } from './checks.js';
import type { Core } from './core.js';
import type { Family } from './report.js';

export interface Patch {
  /** Of src, without its ending. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly family: Family;
  /** At most so many plans may be needed. */
  readonly plans: number;
  /** Another than that of all, where it takes that one many plans. */
  readonly seed?: number;
  /** What it breaks: any one of these. */
  readonly breaks: readonly Broken[];
  /** Stands for a line that writes the ledger without a look at the znode: that is none of the core's. */
  readonly writesUnchecked?: true;
}

const source = fileURLToPath(new URL('../../src/', import.meta.url));

/** All that a core is made of; none of it needs anything else when it runs. */
const PARTS = ['election', 'ledger/ledger.js', 'watchdog/rules.js', 'clock.js'];

/** Loads a copy of the core with the patches in it. */
export async function load(mutant: Mutant): Promise<Core> {
  const folder = temporaryFolder();
  for (const part of PARTS) await cp(join(source, part), join(folder, part), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { file, from, to } of mutant.patches) {
    replaceOnce(join(folder, `${file}.js`), from, to, `the mutant ${mutant.name}`);
  }
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(folder, `${file}.js`)).href);
  return {
    ...((await load('election/step')) as Pick<Core, 'begin' | 'step'>),
    ...((await load('election/passing-time')) as Pick<Core, 'wakeAt'>),
    ...((await load('clock')) as Pick<Core, 'monotonicClock'>),
    watchdog: (await load('watchdog/rules')) as Core['watchdog'],
    writesUnchecked: mutant.writesUnchecked === true,
  };
}

const children: readonly Broken[] = ['two children', 'child without znode'];

/** Everyone in line looks again every sixth of the timeout; without that, every other slip of a standby shows. */
const noRegularReads: Patch = {
  file: 'election/passing-time',
  from: 'return (session.link.readSentAt ?? -Infinity) + standbyIntervalMs(session.timeoutMs);',
  to: 'return Infinity;',
};

/** The watchdog ends the command by itself; without that, it shows what the supervisor fails to do. */
const noWatchdogDeadline: Patch = {
  file: 'watchdog/rules',
  from: "if (tree.status !== 'running' || now < tree.killAt)",
  to: 'if (true)',
};
const watchdogSleeps: Patch = {
  file: 'watchdog/rules',
  from: "return tree.status === 'running' ? tree.killAt : Infinity;",
  to: 'return Infinity;',
};

const anyWatchdogWillDo: Patch = {
  file: 'election/line-events',
  from: "if (state.watchdog !== 'ready')",
  to: 'if (false)',
};

const anyTreeWillDo: Patch = {
  file: 'watchdog/rules',
  from: "if (tree.status === 'running' && tree.term === term && tree.hooksDue.includes(hook)) {",
  to: `if (tree.status !== 'running') return outcome(state, { type: 'start-hook', order });
    if (true) {`,
};

const claimedTouch = 'touchedAt: Math.max(evidence.connectSentAt, y ?? -Infinity)';

export const mutants: readonly Mutant[] = [
  {
    name: 'without a deadline',
    patches: [
      {
        file: 'election/passing-time',
        from: 'return leaseOf(settings, state)?.terminateAt ?? -Infinity;',
        to: 'return Infinity;',
      },
      noWatchdogDeadline,
      watchdogSleeps,
    ],
    family: 'contenderCutOff',
    plans: 50,
    breaks: [...children, 'outlived its deadline'],
  },
  {
    // Counting y from its answer alone is not enough to break anything: an earlier touch than the answer of y is
    // always on its way by then. So W1 and y go as well; and the plans keep the contender on the leader itself,
    // where a touch needs no ping, so that only the time between send and answer is left to fail by.
    name: 'with the deadline counted from the answer instead of the send',
    patches: [{ file: 'election/lease', from: claimedTouch, to: 'touchedAt: now' }],
    family: 'answersHeldByLeader',
    plans: 200,
    breaks: children,
  },
  {
    name: 'with reads that renew the deadline',
    patches: [
      {
        file: 'election/line-events',
        from: 'function note(settings, state, sentAt, now) {',
        to: `function note(settings, unrenewed, sentAt, now) {
          const state = unrenewed.session.status !== 'live' ? unrenewed : { ...unrenewed, session: {
            ...unrenewed.session, touchedAt: Math.max(unrenewed.session.touchedAt ?? -Infinity, sentAt) } };`,
      },
    ],
    family: 'followerCutOff',
    plans: 200,
    breaks: children,
  },
  {
    name: 'with a deadline that counts from the send of the last heartbeat',
    patches: [{ file: 'election/lease', from: claimedTouch, to: 'touchedAt: sentAt' }],
    family: 'followerCutOff',
    plans: 200,
    seed: 2,
    breaks: children,
  },
  {
    name: 'with a lease from a single heartbeat',
    patches: [
      {
        file: 'election/lease',
        from: 'const y = w1 !== undefined && w1.answeredAt <= sentAt ? w1.proves : undefined;',
        to: 'const y = latestBefore(evidence.answered, sentAt - notesKeptMs)?.sentAt;',
      },
    ],
    family: 'pingsHeldThenRepliesLost',
    plans: 1500,
    seed: 4,
    breaks: children,
  },
  {
    name: 'that counts on a ping every half tick, not a moment later',
    patches: [
      {
        file: 'election/timing',
        from: '(timing.tickTimeMs / 2) * (1 + CLOCK_RATE) + timing.marginMs',
        to: '(timing.tickTimeMs / 2) * (1 + CLOCK_RATE)',
      },
    ],
    family: 'pingsLateAndHeld',
    plans: 1500,
    breaks: children,
  },
  {
    name: 'with a connect that renews the lease by itself',
    patches: [
      {
        file: 'election/session-events',
        from: 'touchedAt: resumed ? session.touchedAt : undefined',
        to: 'touchedAt: event.sentAt',
      },
    ],
    family: 'leaderDeposed',
    plans: 300,
    breaks: children,
  },
  {
    name: 'that resigns when the main process exits, whatever it left behind',
    patches: [
      {
        file: 'election/child-events',
        from: "return stop(settings, state, phase, { kind: 'exited', exit }, now);",
        to: "return letGo(settings, state, { znode: phase.znode, znodeHeld: true }, { kind: 'child-exited', exit }, now);",
      },
    ],
    family: 'mortalCommands',
    plans: 50,
    breaks: [...children, 'left child'],
  },
  {
    name: 'that never sends SIGKILL',
    patches: [
      {
        file: 'election/passing-time',
        from: "killedAt: now } }, { type: 'kill-child' })",
        to: 'killedAt: now } })',
      },
      noWatchdogDeadline,
      watchdogSleeps,
    ],
    family: 'contenderCutOff',
    plans: 50,
    breaks: [...children, 'outlived its deadline'],
  },
  {
    name: 'that sends SIGKILL when the lease ends, without the kill budget',
    patches: [
      {
        file: 'election/timing',
        from: 'const killAt = leaseUntil - timing.killBudgetMs;',
        to: 'const killAt = leaseUntil;',
      },
    ],
    family: 'longKill',
    plans: 100,
    breaks: children,
  },
  {
    // The survey, and the last look before the start, would each stop it: so they go as well.
    name: 'that rejoins with its old znode',
    patches: [
      {
        file: 'election/transitions',
        from: 'if (znodeHeld)',
        to: "if (znodeHeld && next.kind !== 'rejoin')",
      },
      { file: 'election/line-events', from: ' && found.epoch > state.lastEpoch', to: '' },
      {
        file: 'election/line-events',
        from: 'if (phase.znode.epoch <= state.lastEpoch) {',
        to: 'if (false) {',
      },
    ],
    family: 'leaseRunsOutSessionLives',
    plans: 200,
    breaks: ['epoch'],
  },
  {
    name: 'that trusts all clocks to run alike',
    patches: [
      {
        file: 'election/timing',
        from: 'touchedAt + sessionTimeoutMs * (1 - CLOCK_RATE) - timing.marginMs',
        to: 'touchedAt + sessionTimeoutMs - timing.marginMs',
      },
    ],
    family: 'clocksApart',
    plans: 100,
    breaks: children,
  },
  {
    name: 'that does not read again after a reconnect, nor regularly',
    patches: [
      {
        file: 'election/session-events',
        from: 'read(unplaced, now)',
        to: 'outcome(state)',
      },
      noRegularReads,
    ],
    family: 'standbyReconnects',
    plans: 50,
    breaks: ['liveness'],
  },
  {
    name: 'that thinks its watch outlives the connection, and does not read regularly',
    patches: [
      {
        file: 'election/session-events',
        from: "{ ...state, phase: { ...phase, standing: { kind: 'unknown' } } }",
        to: 'state',
      },
      noRegularReads,
    ],
    family: 'standbyReconnects',
    plans: 50,
    breaks: ['liveness'],
  },
  {
    name: 'that does not watch its predecessor, nor read regularly',
    patches: [
      {
        file: 'election/line-events',
        from: "outcome(behind, { type: 'watch', name: predecessor, leader })",
        to: 'outcome(behind)',
      },
      noRegularReads,
    ],
    family: 'standbyReconnects',
    plans: 50,
    breaks: ['liveness'],
  },
  {
    name: 'whose watchdog has no deadline',
    patches: [noWatchdogDeadline, watchdogSleeps],
    family: 'supervisorStalled',
    plans: 50,
    breaks: [...children, 'outlived its deadline'],
  },
  {
    name: 'that tells its watchdog a deadline whenever it is awake, whatever the ensemble has said',
    patches: [
      {
        file: 'election/step',
        from: 'andThen(settled, (next) => feedWatchdog(settings, state, next))',
        to: 'andThen(settled, (next) => feedWatchdog(settings, state, next, now))',
      },
      {
        file: 'election/step',
        from: 'function feedWatchdog(settings, before, after) {',
        to: 'function feedWatchdog(settings, before, after, now) {',
      },
      {
        file: 'election/step',
        from: 'const killAt = watchdogDeadline(settings, after);',
        to: `const { sessionTimeoutMs, marginMs, killBudgetMs } = settings.timing;
          const killAt = watchdogDeadline(settings, after) === undefined ? undefined
            : now + sessionTimeoutMs * 0.98 - marginMs - killBudgetMs;`,
      },
    ],
    family: 'cutOffThenStalled',
    plans: 100,
    breaks: children,
  },
  {
    name: 'whose watchdog is moved by what it reads behind its deadline',
    patches: [
      {
        file: 'watchdog/rules',
        from: `tree.status === 'running' && tree.term === order.term
                ? outcome({ ...state, tree: { ...tree, killAt } })`,
        to: `tree.status !== 'none' && tree.term === order.term
                ? outcome({ ...state, tree: { status: 'running', term: tree.term, killAt } })`,
      },
      // The supervisor would kill, once it hears that the deadline has passed.
      {
        file: 'election/child-events',
        from: "next.phase.name === 'stopping' ? killAtOnce(next, next.phase, now) : outcome(next)",
        to: 'outcome(state)',
      },
    ],
    family: 'renewalReadTooLate',
    plans: 100,
    breaks: ['outlived its deadline'],
  },
  {
    name: 'whose watchdog ends the session as soon as the supervisor is gone',
    patches: [
      {
        file: 'watchdog/rules',
        from: `case 'running':
            return outcome(ending(state, tree.term), { type: 'kill' });
        case 'ending'`,
        to: `case 'running':
            return outcome(ending(state, tree.term), { type: 'kill' }, { type: 'end-session', key: session });
        case 'ending'`,
      },
    ],
    family: 'supervisorKilled',
    plans: 20,
    breaks: [...children, 'session ended early'],
  },
  {
    name: 'that goes on leading when its watchdog has gone',
    patches: [
      {
        file: 'election/child-events',
        from: "return stop(settings, unwatched, phase, { kind: 'unwatched', reason }, now);",
        to: 'return outcome(unwatched);',
      },
    ],
    family: 'watchdogThenSupervisorKilled',
    plans: 50,
    breaks: children,
  },
  {
    name: 'that stands in line, and starts a command, before it has a watchdog',
    patches: [
      {
        file: 'election/transitions',
        from: "if (!isConnected(state) || state.watchdog !== 'ready')",
        to: 'if (!isConnected(state))',
      },
      anyWatchdogWillDo,
    ],
    family: 'watchdogsReplaced',
    plans: 20,
    breaks: ['watchdog not ready'],
  },
  {
    name: 'that starts a command while its watchdog is being replaced',
    patches: [anyWatchdogWillDo],
    family: 'watchdogsReplaced',
    plans: 50,
    breaks: ['watchdog not ready'],
  },
  {
    name: 'whose processes count the time each from its own start',
    patches: [
      {
        file: 'clock',
        from: 'const headStartMs = uptimeMs() - monotonicMs();',
        to: `const machine = { monotonicMs, uptimeMs }, started = { monotonicMs: monotonicMs(), uptimeMs: uptimeMs() };
          monotonicMs = () => machine.monotonicMs() - started.monotonicMs;
          uptimeMs = () => machine.uptimeMs() - started.uptimeMs;
          const headStartMs = uptimeMs() - monotonicMs();`,
      },
    ],
    family: 'watchdogReplacedThenSupervisorStalled',
    plans: 50,
    breaks: children,
  },
  {
    name: 'whose clock stands still while the machine is suspended',
    patches: [
      {
        file: 'clock',
        from: 'if (gained > suspendedMs + UPTIME_RESOLUTION_MS)',
        to: 'if (false)',
      },
    ],
    family: 'machineSuspended',
    plans: 50,
    breaks: children,
  },
  {
    name: 'whose watchdog lets an empty tree go while a hook is to come, and starts that all the same',
    patches: [
      {
        file: 'watchdog/rules',
        from: "state.tree.status === 'running' && state.tree.hooksDue.length > 0",
        to: 'false',
      },
      anyTreeWillDo,
    ],
    family: 'mortalCommandsWithHooks',
    plans: 200,
    breaks: [...children, 'left child'],
  },
  {
    name: 'that orders a hook when there is no time for it, and whose watchdog starts that in any tree',
    patches: [
      { file: 'election/hooks', from: 'const LEAST_TIME_MS = 100;', to: 'const LEAST_TIME_MS = -Infinity;' },
      anyTreeWillDo,
    ],
    family: 'supervisorStalledWithHooks',
    plans: 50,
    breaks: [...children, 'left child', 'outlived its deadline'],
  },
];
