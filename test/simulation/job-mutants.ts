// Owns the mutants of what jobs need: each lacks one protection of the ledger, of the pauses, or of the fitness.

import type { Mutant } from './mutants.js';

export const jobMutants: readonly Mutant[] = [
  {
    name: 'that starts a run before its claim is confirmed',
    patches: [
      {
        file: 'election/runs',
        from: 'if (claimed === undefined || (term.records?.confirmed ?? -Infinity) < claimed.revision)',
        to: 'if (claimed === undefined)',
      },
    ],
    family: 'leaderLostInRun',
    plans: 10,
    breaks: ['unclaimed run'],
  },
  {
    name: 'that takes what was sent for confirmed, once the connection is lost',
    patches: [
      {
        file: 'election/records',
        from: 'records: { ...term.records, sent: term.records.confirmed }',
        to: 'records: { ...term.records, confirmed: term.records.sent }',
      },
    ],
    family: 'leaderLostInRun',
    plans: 100,
    breaks: ['unclaimed run', 'record lost', 'run left open'],
  },
  {
    name: 'that forgets to send again what was not confirmed',
    patches: [
      {
        file: 'election/records',
        from: 'records: { ...term.records, sent: term.records.confirmed }',
        to: 'records: term.records',
      },
    ],
    family: 'leaderLostInRun',
    plans: 100,
    seed: 4,
    breaks: ['liveness'],
  },
  {
    name: 'that writes the ledger whatever has become of its znode',
    patches: [],
    writesUnchecked: true,
    family: 'znodeRemovedBetweenRuns',
    plans: 100,
    breaks: ['record lost', 'tick fell', 'run twice'],
  },
  {
    name: 'that takes over the first ledger that it has seen in line',
    patches: [
      {
        file: 'election/line-events',
        from: 'ledger: event.ledger,',
        to: 'ledger: session.link.ledger ?? event.ledger,',
      },
    ],
    family: 'leaderLostInRun',
    plans: 50,
    breaks: ['record lost', 'tick fell', 'run twice'],
  },
  {
    name: 'that reads the ledger ahead of the line, and takes it for read behind it',
    patches: [
      {
        file: 'election/line-events',
        from: 'if (heartbeatInFlight || heartbeatBehind < phase.since)',
        to: 'if ((session.link.evidence.heartbeat?.sentAt ?? -Infinity) < phase.since)',
      },
      {
        file: 'election/passing-time',
        from: 'const seen = now < readDueAt(state) ? outcome(state) : read(state, now);',
        to: `const seen = now < heartbeatDueAt(settings, state) ? outcome(state)
          : heartbeat(state, phase.znode, now);`,
      },
      {
        file: 'election/passing-time',
        from: 'now < heartbeatDueAt(settings, next) ? outcome(next) : heartbeat(next, phase.znode, now)',
        to: 'now < readDueAt(next) ? outcome(next) : read(next, now)',
      },
    ],
    family: 'readsHeldOverHandOver',
    plans: 300,
    seed: 6,
    breaks: ['record lost', 'tick fell', 'run twice'],
  },
  {
    name: 'that begins a term at the tick of its own wall clock',
    patches: [
      {
        file: 'election/found-ledger',
        from: 'if (ledger.schedule === schedule?.text && (schedule === undefined || ledger.tick !== undefined))',
        to: 'if (schedule === undefined)',
      },
      {
        file: 'election/found-ledger',
        from: 'tick: Math.max(ledger.tick ?? -Infinity, wall)',
        to: 'tick: wall',
      },
    ],
    family: 'wallClocksWrong',
    plans: 50,
    breaks: ['tick fell', 'tick lost', 'run twice'],
  },
  {
    name: 'that counts the ticks anew when its wall clock is set back',
    patches: [
      {
        file: 'election/step',
        from: 'return outcome({ ...state, wallOffsetMs: event.offsetMs });',
        to: `const told = { ...state, wallOffsetMs: event.offsetMs }, { phase } = told;
            if (phase.term?.records === undefined || event.offsetMs > state.wallOffsetMs) return outcome(told);
            const ledger = { ...phase.term.records.ledger, tick: Math.round(now + event.offsetMs) };
            const term = { ...phase.term, records: { ...phase.term.records, ledger } };
            return outcome({ ...told, phase: { ...phase, term } });`,
      },
    ],
    family: 'wallClocksWrong',
    plans: 50,
    breaks: ['tick fell', 'tick lost', 'run twice'],
  },
  {
    name: 'that claims a rerun without a look at the ticks that are due',
    patches: [
      {
        file: 'election/occasions',
        from: '(runsAgain && planned.notBefore > now)',
        to: 'runsAgain',
      },
    ],
    family: 'leaderLostInRun',
    plans: 200,
    breaks: ['in the way'],
  },
  {
    name: 'that does not write down that a run has died with its leader',
    patches: [{ file: 'election/found-ledger', from: 'unfinished(found).reduce(', to: '[].reduce(' }],
    family: 'leaderLostInRun',
    plans: 50,
    breaks: ['run left open', 'uninvited rerun'],
  },
  {
    name: 'that drops the ticks ahead of the one that it runs',
    patches: [
      {
        file: 'election/occasions',
        from: 'return earlier === undefined ? ledger : pass(ledger, kind, earlier, by);',
        to: 'return ledger;',
      },
    ],
    family: 'leaderLostInRun',
    plans: 50,
    breaks: ['tick lost'],
  },
  {
    name: 'that runs a tick however late it is',
    patches: [
      {
        file: 'election/occasions',
        from: 'lateMs > Math.max(catchUpMs, ON_TIME_MS)',
        to: 'false',
      },
    ],
    family: 'leaderLostInRun',
    plans: 100,
    breaks: ['too late'],
  },
  {
    name: 'that runs a tick again although nobody has asked for that',
    patches: [
      {
        file: 'election/found-ledger',
        from: "return rerunInterrupted ? 'rerun' : undefined;",
        to: "return 'rerun';",
      },
    ],
    family: 'leaderLostInRun',
    plans: 50,
    seed: 6,
    breaks: ['uninvited rerun'],
  },
  {
    name: 'that forgets the request which it has granted',
    patches: [{ file: 'ledger/ledger', from: ' || index === granted', to: '' }],
    family: 'leaderLostInRun',
    plans: 50,
    breaks: ['run twice'],
  },
  {
    name: 'that begins a term without the failures of the one before',
    patches: [
      { file: 'election/found-ledger', from: 'const { failures } = found;', to: 'const failures = 0;' },
    ],
    family: 'leaderLostBetweenRestarts',
    plans: 50,
    breaks: ['no pause'],
  },
  {
    name: 'that forgets the failures when a term begins',
    patches: [
      {
        file: 'election/found-ledger',
        from: "conclude(before, id, { result: 'interrupted' }), found);",
        to: "conclude(before, id, { result: 'interrupted' }), { ...found, failures: 0 });",
      },
    ],
    family: 'leaderLostBetweenRestarts',
    plans: 50,
    breaks: ['failures forgotten'],
  },
  {
    name: 'that restarts at once',
    patches: [
      {
        file: 'election/after-run',
        from: 'return longestMs * (LEAST_PART_OF_PAUSE + (1 - LEAST_PART_OF_PAUSE) * chance);',
        to: 'return 0;',
      },
    ],
    family: 'leaderLostBetweenRestarts',
    plans: 20,
    breaks: ['no pause'],
  },
  {
    name: 'that restarts as often as it likes',
    patches: [
      { file: 'election/after-run', from: 'if (restartsLeft(job, state, now) <= 0) {', to: 'if (false) {' },
    ],
    family: 'leaderLostBetweenRestarts',
    plans: 50,
    breaks: ['too many restarts'],
  },
  {
    name: 'that leads although it has failed its check',
    patches: [
      {
        file: 'election/passing-time',
        from: "if (fitness.status === 'fit')",
        to: 'if (true)',
      },
    ],
    family: 'anyPlanWithJob',
    plans: 50,
    breaks: ['unfit leader'],
  },
];
