// Owns what is wrong with timings that are allowed, and with the ensemble that they meet.

import { contradiction, type Timing } from '../election/timing.js';
import { formatDuration } from '../options/duration.js';
import { memberAt } from '../zookeeper/membership.js';
import { addressOf, type Server } from '../zookeeper/ensemble.js';
import type { EnsembleFacts } from '../zookeeper/ensemble-facts.js';
import { about } from './about.js';
import { enduranceOf, momentsOf } from './outlook.js';

export interface Warning {
  readonly name: string;
  /** A sentence or two, without a full stop at the end. */
  readonly text: string;
}

/** A lease with fewer of them ahead of SIGTERM is lost to two slow answers in a row. */
const FEW_HEARTBEATS = 5;
/** A ZooKeeper leader that collects garbage pings late by as much; a machine that is busy takes as long to end a tree. */
const LITTLE_MS = 100;

/** What the warnings are about. */
export interface Circumstances {
  readonly timing: Timing;
  readonly sessionTimeoutMs: number;
  /** Undefined when no ensemble has answered. */
  readonly facts: EnsembleFacts | undefined;
  /** Of the connect string. */
  readonly servers: readonly Server[];
}

/** Lists the warnings, the gravest first. */
export function warningsOf(circumstances: Circumstances): Warning[] {
  const { timing, sessionTimeoutMs, facts } = circumstances;
  return [
    ...(facts === undefined ? [] : [...ofTicks(timing, facts), ...ofMembers(circumstances, facts)]),
    ...(facts === undefined ? [] : ofGrant(timing, facts)),
    ...(contradiction(timing, sessionTimeoutMs) === undefined ? ofRoom(timing, sessionTimeoutMs) : []),
  ];
}

function ofTicks({ tickTimeMs }: Timing, { shortestMs }: EnsembleFacts): Warning[] {
  if (shortestMs === undefined || shortestMs === 2 * tickTimeMs) return [];
  const granted = `the shortest session that the ensemble grants is ${formatDuration(shortestMs)}, two ticks unless minSessionTimeout is set there`;
  const tick = formatDuration(shortestMs / 2);
  return shortestMs > 2 * tickTimeMs
    ? [
        {
          name: 'tick-time-too-short',
          text:
            `${granted}: if its tickTime is ${tick}, --tick-time ${formatDuration(tickTimeMs)} is too short, ` +
            'and the lease is not sound: look at tickTime in zoo.cfg',
        },
      ]
    : [
        {
          name: 'tick-time-too-long',
          text:
            `${granted}: if its tickTime is ${tick}, --tick-time ${formatDuration(tickTimeMs)} is safe, ` +
            'and costs more of the lease than it needs to',
        },
      ];
}

function ofMembers({ servers }: Circumstances, { members, server }: EnsembleFacts): Warning[] {
  if (members === undefined) {
    return [
      {
        name: 'configuration-unread',
        text: 'the ensemble does not let us read /zookeeper/config: whether it has observers cannot be told',
      },
    ];
  }
  const voters = members.filter(({ role }) => role === 'participant').length;
  const enduring = Math.max(0, Math.ceil(voters / 2) - 1);
  return [
    ...ofObservers(servers, members, server),
    ...(enduring === 0
      ? [
          {
            name: 'one-server-less',
            text: `${voters === 2 ? 'two servers vote, and when either' : 'one server stands alone, and when it'} is lost nobody can lead`,
          },
        ]
      : []),
    ...(enduring > 0 && servers.length === 1
      ? [
          {
            name: 'one-server-named',
            text:
              `the connect string names one server of ${String(voters)} that vote: unless that name stands for more, ` +
              'there is no other to try when it is lost',
          },
        ]
      : []),
  ];
}

/** An observer may hang on a follower (observerMasterPort): its notes are handed over twice, and the lease counts on once. */
function ofObservers(
  servers: readonly Server[],
  members: NonNullable<EnsembleFacts['members']>,
  connectedTo: Server | undefined,
): Warning[] {
  const observers = members.filter(({ role }) => role === 'observer');
  if (observers.length === 0) return [];
  const ids = observers.map(({ id }) => `server.${String(id)}`).join(', ');
  const isObserver = (server: Server): boolean => memberAt(members, server)?.role === 'observer';
  const named = servers.filter(isObserver).map(addressOf);
  const here =
    connectedTo !== undefined && isObserver(connectedTo) ? ', and one of those has answered us now' : '';
  return [
    {
      name: 'observers',
      text:
        `the ensemble has observers (${ids}): behind one that hangs on a follower (observerMasterPort) the lease is ` +
        'not sound, by up to half a tick; ' +
        (named.length > 0
          ? `take ${named.join(' and ')} out of the connect string${here}`
          : 'name only servers that vote in the connect string'),
    },
  ];
}

function ofGrant({ sessionTimeoutMs }: Timing, { grantedMs }: EnsembleFacts): Warning[] {
  if (grantedMs === sessionTimeoutMs) return [];
  const limit =
    grantedMs < sessionTimeoutMs
      ? 'its maxSessionTimeout, 20 ticks unless set, allows no more'
      : 'its minSessionTimeout, two ticks unless set, allows no less';
  return [
    {
      name: 'granted-otherwise',
      text: `a session of ${formatDuration(sessionTimeoutMs)} was asked for, and ${formatDuration(grantedMs)} granted: ${limit}`,
    },
  ];
}

function ofRoom(timing: Timing, sessionTimeoutMs: number): Warning[] {
  const { noticedMs, terminateMs } = momentsOf(timing, sessionTimeoutMs);
  const { silenceMs, heartbeats } = enduranceOf(timing, sessionTimeoutMs);
  const warnings: Warning[] = [];
  if (noticedMs >= terminateMs) {
    warnings.push({
      name: 'noticed-too-late',
      text: `a silent server is left for another one after ${about(noticedMs)}, when SIGTERM has been sent already: it costs the term though others would answer`,
    });
  } else if (silenceMs === 0) {
    warnings.push({
      name: 'no-silence',
      text: 'no silence of the network, however short, is outlasted for certain: there is not the time for a second attempt to connect',
    });
  }
  if (heartbeats < FEW_HEARTBEATS) {
    warnings.push({
      name: 'few-heartbeats',
      text: `there is time for ${String(heartbeats)} heartbeats between the last answered one and SIGTERM: a few slow answers cost the term`,
    });
  }
  if (timing.marginMs < LITTLE_MS) {
    warnings.push({
      name: 'little-margin',
      text: `--margin ${formatDuration(timing.marginMs)} is all that the ensemble's leader may be late by: a collection of garbage there takes longer`,
    });
  }
  if (timing.killBudgetMs < LITTLE_MS) {
    warnings.push({
      name: 'little-kill-budget',
      text: `--kill-budget ${formatDuration(timing.killBudgetMs)}: on a busy machine a large tree takes longer to die, and the guarantee rests on it`,
    });
  }
  return warnings;
}
