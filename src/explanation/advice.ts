// Owns what could be changed, and what would come of it.
// Must never advise timings that a run would refuse, or a session that the ensemble does not grant.

import {
  contradiction,
  sessionOutlivesMs,
  shortestSessionTimeoutMs,
  type Timing,
} from '../election/timing.js';
import { formatDuration } from '../options/duration.js';
import type { EnsembleFacts } from '../zookeeper/ensemble-facts.js';
import { enduranceOf } from './outlook.js';

export interface Advice {
  readonly name: string;
  readonly purpose: string;
  /** What has to be done at the ensemble before that. */
  readonly first: string | undefined;
  /** As on a command line: only what differs from the timings asked for. */
  readonly options: string;
  readonly timing: Timing;
  /** From the loss of the leader's machine until the next in line starts its command, at the longest. */
  readonly failoverMs: number;
  /** The silence of the network that a leader outlasts. */
  readonly silenceMs: number;
}

interface Idea {
  readonly name: string;
  readonly purpose: string;
  readonly first?: string;
  readonly timing: Timing;
}

const OPTIONS = {
  sessionTimeoutMs: '--session-timeout',
  tickTimeMs: '--tick-time',
  heartbeatMs: '--heartbeat',
  leaseGraceMs: '--lease-grace',
  killBudgetMs: '--kill-budget',
  marginMs: '--margin',
  stopTimeoutMs: '--stop-timeout',
} as const satisfies Record<keyof Timing, string>;

/** Durations are advised in steps of this. */
const STEP_MS = 100;
/** ZooKeeper grants 2 to 20 ticks unless told otherwise. */
const LONGEST_TO_SHORTEST = 10;
/** So many ticks of silence, and a server gives its leader up, as ensembles are usually set up. */
const USUAL_SYNC_LIMIT = 5;
/** What servers that have lost their leader take to elect another, as a rule. */
const USUAL_ELECTION_MS = 1000;
/** The tick that sessions of two seconds need. */
const SHORT_TICK_MS = 500;
/** Less than a tenth is not worth the change. */
const WORTHWHILE = 0.9;

/** Lists what could be changed, given what the ensemble grants; undefined when it has not answered. */
export function adviceOn(asked: Timing, facts: EnsembleFacts | undefined): Advice[] {
  const { grantedMs = asked.sessionTimeoutMs, shortestMs = 2 * asked.tickTimeMs } = facts ?? {};
  const tickTimeMs = shortestMs / 2;
  // A tick that is understated is no ground to build on; one that is overstated is safe.
  const present = {
    ...asked,
    sessionTimeoutMs: grantedMs,
    tickTimeMs: Math.max(asked.tickTimeMs, tickTimeMs),
  };
  const longestMs = grantedMs < asked.sessionTimeoutMs ? grantedMs : LONGEST_TO_SHORTEST * shortestMs;
  const ideas: Idea[] = [];
  if (tickTimeMs !== asked.tickTimeMs) {
    const timing = { ...present, tickTimeMs };
    ideas.push({
      name: 'tick-time',
      purpose: `if the tickTime of the ensemble is ${formatDuration(tickTimeMs)}`,
      timing,
    });
  }
  ideas.push(
    ...(contradiction(present, grantedMs) === undefined
      ? improvements(present, shortestMs, longestMs)
      : repairs(present, shortestMs)),
  );
  return ideas
    .filter(({ first, timing: { sessionTimeoutMs } }) => {
      return first !== undefined || (sessionTimeoutMs >= shortestMs && sessionTimeoutMs <= longestMs);
    })
    .filter(({ timing }) => contradiction(timing, timing.sessionTimeoutMs) === undefined)
    .map(({ name, purpose, first, timing }) => ({
      name,
      purpose,
      first,
      options: optionsOf(asked, timing),
      timing,
      failoverMs: failoverMs(timing),
      silenceMs: enduranceOf(timing, timing.sessionTimeoutMs).silenceMs,
    }));
}

function repairs(present: Timing, shortestMs: number): Idea[] {
  const purpose = 'to make the timings fit';
  return [
    {
      name: 'longer-session',
      purpose: `${purpose}, with a longer session`,
      timing: withShortestSession(present, shortestMs),
    },
    { name: 'shorter-grace', purpose: `${purpose}, with a shorter grace`, timing: withGrace(present) },
    ...withHeartbeat(present).map((timing) => ({
      name: 'shorter-heartbeat',
      purpose: `${purpose}, with more heartbeats`,
      timing,
    })),
    {
      name: 'all-shorter',
      purpose: `${purpose}, with room to spare`,
      timing: inProportion(present, present.sessionTimeoutMs),
    },
  ];
}

function improvements(present: Timing, shortestMs: number, longestMs: number): Idea[] {
  // One that is in danger at the first packet lost is no improvement.
  const sound = withEndurance(withShortestSession(present, shortestMs), present.heartbeatMs, longestMs);
  const sooner: Idea[] = [
    {
      name: 'shorter-session',
      purpose: 'to fail over sooner, with all else as it is',
      timing: sound,
    },
    {
      name: 'shortest-session',
      purpose: 'to fail over as soon as this ensemble allows',
      timing: inProportion(present, roundUp(Math.max(shortestMs, 2 * present.tickTimeMs))),
    },
    {
      name: 'shorter-tick',
      purpose: 'to fail over sooner still',
      first: `set tickTime=${SHORT_TICK_MS} on every ZooKeeper server`,
      timing: inProportion({ ...present, tickTimeMs: SHORT_TICK_MS }, 4 * SHORT_TICK_MS),
    },
  ];
  const silenceMs = USUAL_SYNC_LIMIT * present.tickTimeMs + USUAL_ELECTION_MS;
  return [
    ...sooner.filter(({ timing }) => failoverMs(timing) <= WORTHWHILE * failoverMs(present)),
    ...(enduranceOf(present, present.sessionTimeoutMs).silenceMs < silenceMs
      ? [
          {
            name: 'longer-session',
            purpose: "to outlast the loss of ZooKeeper's leader",
            timing: withEndurance(present, silenceMs, longestMs),
          },
        ]
      : []),
  ];
}

function failoverMs(timing: Timing): number {
  return sessionOutlivesMs(timing, timing.sessionTimeoutMs) + timing.heartbeatMs;
}

function withShortestSession(timing: Timing, shortestMs: number): Timing {
  return { ...timing, sessionTimeoutMs: roundUp(Math.max(shortestSessionTimeoutMs(timing), shortestMs)) };
}

/** Shortens all else to what a session of that length has room for, whatever the tick. */
function inProportion(timing: Timing, sessionTimeoutMs: number): Timing {
  const atMost = (ms: number, share: number): number => Math.min(ms, roundUp(sessionTimeoutMs * share));
  return {
    ...timing,
    sessionTimeoutMs,
    heartbeatMs: atMost(timing.heartbeatMs, 0.05),
    marginMs: atMost(timing.marginMs, 0.05),
    killBudgetMs: atMost(timing.killBudgetMs, 0.1),
    leaseGraceMs: atMost(timing.leaseGraceMs, 0.1),
  };
}

function withGrace(timing: Timing): Timing {
  const sessionTimeoutMs = shortestSessionTimeoutMs(timing);
  // The shortest session grows with the grace, by little more than that.
  const spareMs = Math.ceil(sessionTimeoutMs - timing.sessionTimeoutMs);
  const leaseGraceMs = Math.max(0, Math.floor((timing.leaseGraceMs - spareMs) / STEP_MS) * STEP_MS);
  return { ...timing, leaseGraceMs };
}

/** The first that fits of some shares of the present one. */
function withHeartbeat(timing: Timing): Timing[] {
  return [0.75, 0.5, 0.33, 0.25, 0.2, 0.1]
    .map((share) => ({ ...timing, heartbeatMs: Math.ceil((timing.heartbeatMs * share) / 10) * 10 }))
    .filter((shorter) => contradiction(shorter, shorter.sessionTimeoutMs) === undefined)
    .slice(0, 1);
}

/** The shortest session, no shorter than the present one, that outlasts such a silence: it grows with the session. */
function withEndurance(timing: Timing, silenceMs: number, longestMs: number): Timing {
  const outlasts = (sessionTimeoutMs: number): boolean =>
    enduranceOf({ ...timing, sessionTimeoutMs }, sessionTimeoutMs).silenceMs >= silenceMs;
  let tooShort = Math.ceil(timing.sessionTimeoutMs / STEP_MS) - 1;
  let enough = Math.ceil(longestMs / STEP_MS) + 1;
  while (enough - tooShort > 1) {
    const middle = Math.floor((tooShort + enough) / 2);
    if (outlasts(middle * STEP_MS)) enough = middle;
    else tooShort = middle;
  }
  return { ...timing, sessionTimeoutMs: enough * STEP_MS };
}

function optionsOf(before: Timing, after: Timing): string {
  return (Object.keys(OPTIONS) as (keyof Timing)[])
    .filter((key) => before[key] !== after[key])
    .map((key) => `${OPTIONS[key]} ${formatDuration(after[key])}`)
    .join(' ');
}

function roundUp(ms: number): number {
  return Math.ceil(ms / STEP_MS) * STEP_MS;
}
