// Owns the list of what can happen to a leader, and for how long nobody leads then.
// Every length is a sum of named parts, so that the words for it cannot say something else than the number.

import { resignLimitMs, sessionOutlivesMs, silenceLimitMs, type Timing } from '../election/timing.js';
import { formatDuration } from '../options/duration.js';
import { attemptsPauseMs, enduranceOf, momentsOf } from './outlook.js';

/** From the fault until the next in line starts its command, which stands there, well and connected. */
export interface Handover {
  /** Without the round trips, which take milliseconds, and without what the command takes to end by itself. */
  readonly typicalMs: number;
  readonly longestMs: number;
  /** What the longest is made of. */
  readonly longestIs: string;
  readonly countedFrom: 'fault' | 'quorum';
}

/** What becomes of the leader. */
export type Fate =
  | ({ readonly kind: 'ends' } & Handover)
  | { readonly kind: 'goes-on' }
  /** It goes on if the fault is over within that time, whenever it began. */
  | ({ readonly kind: 'goes-on-if-short'; readonly enduredMs: number } & Handover);

export interface Fault {
  readonly name: string;
  readonly what: string;
  readonly fate: Fate;
}

type Part = readonly [name: string, ms: number];

/** The ZooKeeper servers that can be tried: whether the one that is connected to is the only one named, or the only one there is. */
export type Servers = 'several' | 'one named' | 'one';

/** Lists every fault with its fate, each for itself: all else is well, and the ensemble's leader is the same throughout. */
export function faultsOf(timing: Timing, sessionTimeoutMs: number, servers: Servers): Fault[] {
  const { leaseEndsMs, killMs, noticedMs, terminateMs } = momentsOf(timing, sessionTimeoutMs);
  const { silenceMs, refusalMs, standstillMs } = enduranceOf(timing, sessionTimeoutMs);
  // The watchdog was started before any session was granted.
  const confirmedMs = silenceLimitMs(timing.sessionTimeoutMs);

  const heartbeat: Part = ['--heartbeat', timing.heartbeatMs];
  const kill: Part = ['--kill-budget', timing.killBudgetMs];
  // A touch that was proved in between may make it later, by less than a heartbeat.
  const leaseEnd: Part = ['end of the lease', leaseEndsMs + timing.heartbeatMs];
  const sessionEnd: Part = ['end of the session', sessionOutlivesMs(timing, sessionTimeoutMs)];
  // The ZooKeeper leader rounds a session's end up to its next tick: half of one on average.
  const sessionMs = sessionTimeoutMs + timing.tickTimeMs / 2;

  const expiry = handover(sessionMs, [sessionEnd, heartbeat]);
  const byUs = (...parts: readonly Part[]): Fate => ({
    kind: 'ends',
    ...handover(0, [...parts, heartbeat]),
  });
  const withoutQuorum = ifShort(silenceMs, {
    ...handover(sessionMs, [
      ['silence limit', silenceLimitMs(sessionTimeoutMs)],
      ['pause between attempts', attemptsPauseMs(timing)],
      sessionEnd,
      heartbeat,
    ]),
    countedFrom: 'quorum',
  });
  const otherServer: Fate =
    noticedMs < terminateMs
      ? { kind: 'goes-on' }
      : { kind: 'ends', ...handover(terminateMs, [leaseEnd, sessionEnd, heartbeat]) };
  const serverLost: Fate = {
    several: otherServer,
    'one named': ifShort(silenceMs, expiry),
    one: withoutQuorum,
  }[servers];
  return [
    {
      name: 'asked-to-stop',
      what: 'it is asked to stop (SIGTERM, resign)',
      fate: byUs(['--stop-timeout', timing.stopTimeoutMs], kill),
    },
    {
      name: 'command-ended',
      what: 'its command ends by itself',
      fate: byUs(['--lease-grace', timing.leaseGraceMs], kill),
    },
    { name: 'supervisor-killed', what: 'zk-leader-run is killed (SIGKILL)', fate: byUs(kill) },
    {
      name: 'supervisor-stopped',
      what: 'zk-leader-run is stopped, or stuck',
      fate: ifShort(standstillMs, expiry),
    },
    { name: 'watchdog-killed', what: 'its watchdog is killed', fate: byUs(kill) },
    {
      name: 'watchdog-stopped',
      what: 'its watchdog is stopped, or stuck',
      fate: ifShort(
        Math.min(confirmedMs, killMs - timing.heartbeatMs),
        handover(timing.heartbeatMs / 2 + confirmedMs, [
          heartbeat,
          ['limit of a confirmation', confirmedMs],
          kill,
          heartbeat,
        ]),
      ),
    },
    {
      name: 'both-killed',
      what: 'both are killed at once (containment cgroup)',
      fate: { kind: 'ends', ...expiry },
    },
    { name: 'machine-lost', what: 'its machine is lost (power, kernel)', fate: { kind: 'ends', ...expiry } },
    { name: 'network-silent', what: 'no packet comes through any more', fate: ifShort(silenceMs, expiry) },
    {
      name: 'network-deaf',
      what: 'its words come through, no answer does',
      fate: ifShort(
        silenceMs,
        // Its attempts to connect keep the session alive, until nobody runs there any more or it has given up.
        handover(terminateMs + sessionMs, [
          leaseEnd,
          ['third of the session', resignLimitMs(sessionTimeoutMs)],
          sessionEnd,
          heartbeat,
        ]),
      ),
    },
    {
      name: 'network-refused',
      what: 'its connections are reset, then refused',
      fate: ifShort(refusalMs, expiry),
    },
    { name: 'server-lost', what: 'the ZooKeeper server it is connected to is lost', fate: serverLost },
    { name: 'server-cut-off', what: "that server is cut off from ZooKeeper's leader", fate: serverLost },
    { name: 'zookeeper-leader-lost', what: "ZooKeeper's leader is lost", fate: withoutQuorum },
    { name: 'quorum-lost', what: 'no quorum of ZooKeeper servers', fate: withoutQuorum },
  ];
}

function handover(typicalMs: number, parts: readonly Part[]): Handover {
  return {
    typicalMs,
    longestMs: parts.reduce((sum, [, ms]) => sum + ms, 0),
    longestIs: parts.map(([name, ms]) => `${name} ${formatDuration(ms)}`).join(' + '),
    countedFrom: 'fault',
  };
}

function ifShort(enduredMs: number, then: Handover): Fate {
  return enduredMs > 0 ? { kind: 'goes-on-if-short', enduredMs, ...then } : { kind: 'ends', ...then };
}
