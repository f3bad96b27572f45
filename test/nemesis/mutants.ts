// Owns the copies of the program that lack one protection each, and the short plans that make its absence felt.
// Production code has no hooks for this; a text that is not found exactly once fails the test.

import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replaceOnce } from '../support/mutant.js';
import { temporaryFolder } from '../support/temporary.js';
import type { Rule } from './history.js';
import type { Job } from './job.js';
import type { Fault, Level, Plan } from './plan.js';

export interface Mutant {
  readonly without: string;
  /** Below dist/src. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly fault: Fault;
  /** Of containment: where it makes a difference. */
  readonly level: Level;
  /** Of the command: as a rule only SIGKILL ends every process of it. */
  readonly manner?: string;
  /** When it is run, where it does not last. */
  readonly job?: Job;
  /** The rules it may be caught by: the first to be broken ends the run. */
  readonly breaks: readonly Rule[];
}

/** Each run takes the place of the one before. */
const EVERY_SECOND: Job = {
  everyMs: 1000,
  overlap: 'replace',
  catchUpMs: 0,
  rerunInterrupted: false,
  onFailure: 'stay',
  maxRuntimeMs: 0,
};

export const MUTANTS: readonly Mutant[] = [
  {
    without: "the watchdog's deadline",
    file: 'watchdog/rules.js',
    from: "if (tree.status !== 'running' || now < tree.killAt)",
    to: 'if (now < Infinity)',
    fault: { kind: 'stop-supervisor', who: 'leading', forMs: 5000 },
    level: 'group',
    breaks: ['two at once'],
  },
  {
    without: "the kill before the end of a dead supervisor's session",
    file: 'watchdog/rules.js',
    from: "return outcome(ending(state, tree.term), { type: 'kill' });\n        case 'ending'",
    to: "return outcome(state, { type: 'end-session', key: session });\n        case 'ending'",
    fault: { kind: 'kill-supervisor', who: 'leading', restartMs: 5000 },
    level: 'group',
    breaks: ['two at once'],
  },
  {
    without: 'the proof that nobody is left',
    file: 'watchdog/watchdog.js',
    from: 'children.areGone && containment.isEmpty()',
    to: 'children.areGone',
    fault: { kind: 'kill-command', who: 'leading', restartMs: 5000 },
    level: 'group',
    breaks: ['two at once'],
  },
  {
    without: 'the dead-man switch',
    file: 'containment/dead-man-switch.js',
    from: 'read -r _',
    to: 'exit 0',
    fault: { kind: 'kill-both', who: 'leading', restartMs: 5000 },
    level: 'cgroup',
    breaks: ['two at once'],
  },
  {
    without: 'the note of which tick was claimed',
    file: 'ledger/ledger.js',
    from: 'tick: later(ledger.tick, occasion.tick)',
    to: 'tick: ledger.tick',
    fault: { kind: 'reset-client', who: 'standby' },
    level: 'group',
    manner: 'polite+brief',
    job: { ...EVERY_SECOND, overlap: 'queue' },
    breaks: ['started twice', 'ledger'],
  },
  {
    without: 'the note by the next leader that a run was interrupted',
    file: 'election/found-ledger.js',
    from: "conclude(before, id, { result: 'interrupted' })",
    to: 'before',
    fault: { kind: 'kill-supervisor', who: 'leading', restartMs: 500 },
    level: 'group',
    manner: 'polite',
    job: EVERY_SECOND,
    breaks: ['ledger'],
  },
];

const ROOT = new URL('../../../', import.meta.url);
const BUILT = fileURLToPath(new URL('../../src/', import.meta.url));
const BIN = 'bin/zk-leader-run.js';
/** Of bin/zk-leader-run.js: the bundle's files, and where the build has them. */
const IMPORTS = [
  ['bundle/signals.js', 'src/supervisor/signals.js'],
  ['bundle/standard-streams.js', 'src/standard-streams.js'],
  ['bundle/main.js', 'src/main.js'],
] as const;

/** Makes a copy of the program, not bundled, with the text changed; returns its bin/zk-leader-run.js. */
export function mutated({
  without,
  file,
  from,
  to,
}: Pick<Mutant, 'without' | 'file' | 'from' | 'to'>): string {
  const folder = temporaryFolder();
  cpSync(BUILT, join(folder, 'dist', 'src'), { recursive: true });
  for (const name of ['package.json', BIN]) cpSync(new URL(name, ROOT), join(folder, name));
  symlinkSync(fileURLToPath(new URL('node_modules', ROOT)), join(folder, 'node_modules'));
  const bin = join(folder, BIN);
  for (const [bundled, built] of IMPORTS) replaceOnce(bin, bundled, built, 'a program that is not bundled');
  replaceOnce(join(folder, 'dist', 'src', file), from, to, `without ${without}`);
  return bin;
}

/**
 * The fault, again if it shows nothing: a busy machine's leader may lose its lease a moment before. Nothing where the
 * level is not to be had.
 */
export function planFor(
  { fault, level, manner = 'deaf+fork+daemon', job }: Pick<Mutant, 'fault' | 'level' | 'manner' | 'job'>,
  found: Level,
): Plan {
  const manners = [manner];
  // Long enough for a session to end, and for the next to lead.
  const round = [
    { gapMs: 300, ...fault },
    { gapMs: 4000, kind: 'calm' },
  ] as const;
  return {
    seed: 0,
    level: found,
    sharedRuntime: false,
    manners: { a: manners, b: manners, c: manners },
    ...(job !== undefined && { job }),
    steps: found === level ? [...round, ...round, ...round] : [],
  };
}
