// Owns what we say of ourselves at a moment. Must never be asked for an earlier one: a process that was stopped, or has
// waited for its turn, would go on claiming what had run out meanwhile.

import type { PhaseOf, Settings, State } from '../election/model.js';
import { isConnected, leaseOf } from '../election/transitions.js';
import { runsOf } from '../ledger/ledger.js';
import { describeMoment, describeTick } from '../supervisor/job-words.js';
import { nextTickOf } from '../supervisor/next-run.js';

/** What the state does not tell: facts for people and machines, which nothing is decided by. */
export interface Facts {
  readonly version: string;
  readonly id: string;
  readonly electionPath: string;
  /** Of the watchdog that was ready last. */
  readonly watchdog: { readonly pid: number; readonly containment: string } | undefined;
  /** Of the present term: when it began, by the wall clock, and the command's process number once it has one. */
  readonly term: { readonly since: string; readonly pid: number | undefined } | undefined;
}

/** The body of /status: docs/OUTPUT.md tells what each field means. */
export interface Status extends JobStatus {
  readonly version: string;
  readonly id: string;
  readonly election: string;
  readonly phase: State['phase']['name'];
  readonly leading: boolean;
  readonly ready: boolean;
  readonly place: number | null;
  readonly znode: string | null;
  readonly epoch: string | null;
  readonly leading_since: string | null;
  readonly lease_left_ms: number | null;
  readonly connected: boolean;
  readonly session: string | null;
  readonly session_timeout_ms: number | null;
  readonly containment: string | null;
  readonly watchdog_pid: number | null;
  readonly pid: number | null;
}

/** What /status says of the job. */
export interface JobStatus {
  readonly fit: boolean;
  readonly run: string | null;
  readonly tick: string | null;
  readonly attempt: number | null;
  readonly last_run: string | null;
  readonly last_result: string | null;
  readonly last_success: string | null;
  readonly failures: number | null;
  readonly next_tick: string | null;
}

/** Tells everything at once, for a moment that must be the present one. */
export function statusOf(settings: Settings, state: State, facts: Facts, now: number): Status {
  const { phase, session, watchdog } = state;
  const held = watchdog === 'ready' ? facts.watchdog : undefined;
  const live = session.status === 'live' ? session : undefined;
  const term = hasTerm(phase) ? phase : undefined;
  const lease = term && leaseOf(settings, state);
  return {
    version: facts.version,
    id: facts.id,
    election: facts.electionPath,
    phase: phase.name,
    leading: isLeading(settings, state, now),
    ready: isReady(settings, state, now),
    place: placeOf(phase),
    znode: 'znode' in phase ? `${facts.electionPath}/${phase.znode.name}` : null,
    epoch: term === undefined ? null : String(term.znode.epoch),
    leading_since: (term && facts.term?.since) ?? null,
    lease_left_ms: lease === undefined ? null : Math.max(0, Math.round(lease.leaseUntil - now)),
    connected: isConnected(state),
    session: live === undefined ? null : `0x${live.id}`,
    session_timeout_ms: live?.timeoutMs ?? null,
    containment: held?.containment ?? null,
    watchdog_pid: held?.pid ?? null,
    pid: (term && facts.term?.pid) ?? null,
    ...jobStatusOf(settings, state),
  };
}

/** Of the runs, no more than whoever leads knows: nobody else reads the records all the time. */
function jobStatusOf(settings: Settings, state: State): JobStatus {
  const { phase, fitness } = state;
  const run = 'run' in phase ? phase.run : undefined;
  const ledger = hasTerm(phase) ? phase.term.records?.ledger : undefined;
  const ended = ledger === undefined ? [] : runsOf(ledger).filter(({ result }) => result !== undefined);
  const last = ended.at(-1);
  const success = ended.findLast(({ result }) => result === 'succeeded');
  const next = nextTickOf(settings, state);
  return {
    fit: fitness.status === 'fit',
    run: run?.id ?? null,
    tick: (run && describeTick(run)) ?? null,
    attempt: run?.attempt ?? null,
    last_run: last?.id ?? null,
    last_result: last?.result ?? null,
    last_success: success?.endedAt === undefined ? null : describeMoment(success.endedAt),
    failures: ledger?.failures ?? null,
    next_tick: next === undefined ? null : describeMoment(next.tick),
  };
}

/**
 * Whether we lead now: what the core would say of this moment, were it asked. From the moment of SIGTERM on we do not,
 * even if nobody has had the time to send it.
 */
export function isLeading(settings: Settings, state: State, now: number): boolean {
  const lease = leaseOf(settings, state);
  return holdsTerm(state.phase) && lease !== undefined && now < lease.terminateAt;
}

/** Between two runs, and while the last one is being ended, the term goes on. */
function holdsTerm(phase: State['phase']): boolean {
  return phase.name === 'leading' || phase.name === 'idle' || (phase.name === 'stopping' && phase.stays);
}

/** Whether we lead, or would as soon as our turn came: in line, with a connection and a watchdog. */
function isReady(settings: Settings, state: State, now: number): boolean {
  const { phase, watchdog } = state;
  const stands = phase.name === 'standby' || phase.name === 'elected' || isLeading(settings, state, now);
  return stands && isConnected(state) && watchdog === 'ready';
}

function hasTerm(phase: State['phase']): phase is PhaseOf<'idle' | 'leading' | 'stopping'> {
  return 'term' in phase;
}

function placeOf(phase: State['phase']): number | null {
  switch (phase.name) {
    case 'standby':
      if (phase.standing.kind === 'behind') return phase.standing.place;
      return phase.standing.kind === 'barred' ? 1 : null;
    case 'elected':
    case 'idle':
    case 'leading':
      return 1;
    case 'stopping':
      return phase.znodeHeld ? 1 : null;
    case 'connecting':
    case 'away':
    case 'joining':
    case 'resigning':
    case 'ended':
      return null;
  }
}
