// Owns the copies of the program that lack one protection each, and the short plans that make its absence felt.
// Production code has no hooks for this; a text that is not found exactly once fails the test.

import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/temporary.js';
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
}

export const MUTANTS: readonly Mutant[] = [
  {
    without: "the watchdog's deadline",
    file: 'watchdog/rules.js',
    from: "if (tree.status !== 'running' || now < tree.killAt)",
    to: 'if (now < Infinity)',
    fault: { kind: 'stop-supervisor', who: 'leading', forMs: 5000 },
    level: 'group',
  },
  {
    without: "the kill before the end of a dead supervisor's session",
    file: 'watchdog/rules.js',
    from: "return outcome(ending(state, tree.term), { type: 'kill' });\n        case 'ending'",
    to: "return outcome(state, { type: 'end-session', key: session });\n        case 'ending'",
    fault: { kind: 'kill-supervisor', who: 'leading', restartMs: 5000 },
    level: 'group',
  },
  {
    without: 'the proof that nobody is left',
    file: 'watchdog/watchdog.js',
    from: 'children.areGone && containment.isEmpty()',
    to: 'children.areGone',
    fault: { kind: 'kill-command', who: 'leading', restartMs: 5000 },
    level: 'group',
  },
  {
    without: 'the dead-man switch',
    file: 'containment/dead-man-switch.js',
    from: 'read -r _',
    to: 'exit 0',
    fault: { kind: 'kill-both', who: 'leading', restartMs: 5000 },
    level: 'cgroup',
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
export function mutated({ without, file, from, to }: Omit<Mutant, 'fault' | 'level'>): string {
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
 * The fault, again if it shows nothing (a busy machine's leader may lose its lease a moment before), for commands of
 * which only SIGKILL ends every process. Nothing where the level is not to be had.
 */
export function planFor({ fault, level }: Pick<Mutant, 'fault' | 'level'>, found: Level): Plan {
  const manners = ['deaf+fork+daemon'];
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
    steps: found === level ? [...round, ...round, ...round] : [],
  };
}

function replaceOnce(path: string, from: string, to: string, what: string): void {
  const [before, after, ...more] = readFileSync(path, 'utf8').split(from);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${what} no longer applies: expected this exactly once in ${path}: ${from}`);
  writeFileSync(path, before + to + after);
}
