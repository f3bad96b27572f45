// Owns a term's copy of the ledger: what is changed here is written, in order, as long as the term is ours.
// Must never be trusted before the ensemble has confirmed it, where a start depends on it.

import { forget, keep, type Ledger } from '../ledger/ledger.js';
import type { Event } from './messages.js';
import type { Outcome, Settings, State } from './model.js';
import type { Records, Term } from './term.js';
import { isConnected, outcome } from './transitions.js';

/** The phases that have a term. */
type TermPhase = Extract<State['phase'], { readonly term: Term }>;

export function termOf({ phase }: State): Term | undefined {
  return 'term' in phase ? phase.term : undefined;
}

export function withTerm(state: State, change: (term: Term) => Term): State {
  const { phase } = state;
  if (!('term' in phase)) return state;
  const changed: TermPhase = { ...phase, term: change(phase.term) };
  return { ...state, phase: changed };
}

/** Takes over a changed ledger, to be written. */
export function changed(settings: Settings, records: Records, ledger: Ledger): Records {
  return ledger === records.ledger
    ? records
    : { ...records, ledger: keep(ledger, settings.job.history), revision: records.revision + 1 };
}

/** Takes over a changed ledger, where one is kept. */
export function withLedger(settings: Settings, state: State, change: (ledger: Ledger) => Ledger): State {
  return withTerm(state, (term) =>
    term.records === undefined
      ? term
      : { ...term, records: changed(settings, term.records, change(term.records.ledger)) },
  );
}

/** Sends what has not been sent on this connection, one write at a time; nothing once the znode is known to be gone. */
export function sendLedger(state: State): Outcome {
  const { phase } = state;
  const records = termOf(state)?.records;
  if (!('term' in phase) || records === undefined || !isConnected(state)) return outcome(state);
  if (phase.name === 'stopping' && !phase.znodeHeld) return outcome(state);
  const { ledger, exists, revision, sent, confirmed } = records;
  if (revision === sent || sent !== confirmed) return outcome(state);
  return outcome(
    withTerm(state, (term) => ({ ...term, records: { ...records, sent: revision } })),
    { type: 'write-ledger', name: phase.znode.name, ledger, exists, revision },
  );
}

/** On a new connection, whatever was not confirmed on the last one is sent again. */
export function forgetSent(state: State): State {
  return withTerm(state, (term) =>
    term.records === undefined
      ? term
      : { ...term, records: { ...term.records, sent: term.records.confirmed } },
  );
}

/** Takes an answer but that of a znode that has gone, which ends the term. */
export function onWritten(
  state: State,
  { revision, outcome: answer }: Extract<Event, { type: 'ledger-written' }>,
): State {
  return withTerm(state, (term) => {
    const { records } = term;
    if (records === undefined || revision > records.sent) return term;
    const rewritten = { revision: records.revision + 1, sent: records.confirmed };
    switch (answer) {
      case 'written':
        return {
          ...term,
          records: { ...records, exists: true, confirmed: Math.max(records.confirmed, revision) },
        };
      case 'ledger-gone':
        return {
          ...term,
          records: { ...records, ...rewritten, exists: false, ledger: forget(records.ledger) },
        };
      case 'ledger-exists':
        return { ...term, records: { ...records, ...rewritten, exists: true } };
      case 'znode-gone':
        return term;
    }
  });
}

/** The wall clock at that moment of ours, as a ledger has it. */
export function wallOf({ wallOffsetMs = 0 }: State, moment: number): number {
  return Math.round(moment + wallOffsetMs);
}
