// Owns the whole explanation as data: what a run with these timings would meet, and what `--json` prints of it.
// The names of the fields are promised to scripts: they may get company, and are never changed.

import { CLOCK_RATE, contradiction, type Timing } from '../election/timing.js';
import { addressOf } from '../zookeeper/ensemble.js';
import type { EnsembleFacts } from '../zookeeper/ensemble-facts.js';
import { memberAt } from '../zookeeper/membership.js';
import type { Ensemble } from '../options/connect-string.js';
import { type Advice, adviceOn } from './advice.js';
import { type Fault, faultsOf, type Servers } from './faults.js';
import { type Endurance, enduranceOf, type Moments, momentsOf } from './outlook.js';
import { type Warning, warningsOf } from './warnings.js';

/** What is explained. */
export interface Subject {
  readonly ensemble: Ensemble;
  readonly timing: Timing;
  /** What the ensemble has said, or why it has not. */
  readonly answer: { readonly facts: EnsembleFacts } | { readonly because: string };
}

export interface Explanation extends Subject {
  /** Granted, or, without an ensemble, asked for. */
  readonly sessionTimeoutMs: number;
  /** Why a run would not start. */
  readonly refusal: string | undefined;
  readonly moments: Moments;
  readonly endurance: Endurance;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
  readonly advice: readonly Advice[];
}

/** Explains the timings with the session that was granted. */
export function explain(subject: Subject): Explanation {
  const { timing, ensemble, answer } = subject;
  const facts = 'facts' in answer ? answer.facts : undefined;
  const sessionTimeoutMs = facts?.grantedMs ?? timing.sessionTimeoutMs;
  const { servers } = ensemble;
  return {
    ...subject,
    sessionTimeoutMs,
    refusal: contradiction(timing, timing.sessionTimeoutMs) ?? contradiction(timing, sessionTimeoutMs),
    moments: momentsOf(timing, sessionTimeoutMs),
    endurance: enduranceOf(timing, sessionTimeoutMs),
    faults: faultsOf(timing, sessionTimeoutMs, serversOf(subject)),
    warnings: warningsOf({ timing, sessionTimeoutMs, facts, servers }),
    advice: adviceOn(timing, facts),
  };
}

/** A name may stand for several servers; it is not for us to count on it. */
function serversOf({ ensemble, answer }: Subject): Servers {
  const members = 'facts' in answer ? answer.facts.members : undefined;
  const voters = members?.filter(({ role }) => role === 'participant').length;
  if (voters !== undefined && voters <= 1) return 'one';
  return ensemble.servers.length === 1 ? 'one named' : 'several';
}

/** Turns the explanation into what `--json` prints; null stands for what is not known, or does not apply. */
export function toJson(explanation: Explanation): unknown {
  const { timing, ensemble, answer, sessionTimeoutMs, refusal, moments, endurance } = explanation;
  const facts = 'facts' in answer ? answer.facts : undefined;
  return {
    ensemble: {
      connectString: ensemble.text,
      answered: facts !== undefined,
      because: 'because' in answer ? answer.because : null,
      server: facts?.server === undefined ? null : addressOf(facts.server),
      shortestSessionTimeoutMs: facts?.shortestMs ?? null,
      members:
        facts?.members?.map((member) => ({
          id: member.id,
          host: member.host,
          role: member.role,
          named: ensemble.servers.some((server) => memberAt(facts.members ?? [], server) === member),
        })) ?? null,
    },
    asked: timing,
    grantedSessionTimeoutMs: facts?.grantedMs ?? null,
    sessionTimeoutMs,
    refusal: refusal ?? null,
    moments: rounded(moments),
    outlasts: rounded(endurance),
    faults: explanation.faults.map(({ name, what, fate }) => ({
      name,
      what,
      fate: fate.kind,
      enduredMs: 'enduredMs' in fate ? Math.floor(fate.enduredMs) : null,
      typicalMs: 'typicalMs' in fate ? Math.round(fate.typicalMs) : null,
      longestMs: 'longestMs' in fate ? Math.ceil(fate.longestMs) : null,
      longestIs: 'longestIs' in fate ? fate.longestIs : null,
      countedFrom: 'countedFrom' in fate ? fate.countedFrom : null,
    })),
    warnings: explanation.warnings,
    advice: explanation.advice.map((advice) => ({
      ...advice,
      first: advice.first ?? null,
      failoverMs: Math.ceil(advice.failoverMs),
      silenceMs: Math.floor(advice.silenceMs),
    })),
    premises: { clockRate: CLOCK_RATE, killBudgetMs: timing.killBudgetMs, tickTimeMs: timing.tickTimeMs },
  };
}

function rounded(figures: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Math.round(Number(value))]),
  );
}
