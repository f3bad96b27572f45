// Owns what a run is made from: which commands, which faults, in which order. A pure function of the seed.
// Must never say what the faults do to anybody: faults.ts performs them, premises.ts knows which may meet.

import { Random } from '../simulation/random.js';
import { drawJob, type Job, type JobKind, withEnd } from './job.js';

export const LEVELS = ['cgroup', 'subreaper', 'group'] as const;
export type Level = (typeof LEVELS)[number];

export const CONTENDERS = ['a', 'b', 'c'] as const;
export type ContenderId = (typeof CONTENDERS)[number];

/** A contender by its name, or by what it is when the fault comes. */
export const WHO = ['leading', 'standby', ...CONTENDERS] as const;
/** A server by its number, by its role, or the one that the contender with the command is connected to. */
export const SERVERS = ['leader', 'follower', 'serving', '1', '2', '3'] as const;
/** Both directions, or only what the one that is cut off says, or only what it hears. */
export const WAYS = ['both', 'said', 'heard'] as const;
/** To every server, or only to the one the contender is connected to. */
export const LINKS = ['all', 'serving'] as const;
/** Held back until the end of the fault, or lost without a word. */
export const LOSSES = ['stalled', 'lost'] as const;

interface Fields {
  who: (typeof WHO)[number];
  server: (typeof SERVERS)[number];
  way: (typeof WAYS)[number];
  links: (typeof LINKS)[number];
  loss: (typeof LOSSES)[number];
  /** How long it lasts. */
  forMs: number;
  /** From the end of the contender to its next start. */
  restartMs: number;
  /** Of everything that goes over a link, each way. */
  delayMs: number;
  /** Of a process that is stopped and let go on so many times. */
  times: number;
  stopMs: number;
  goMs: number;
}

const FIELDS = {
  'kill-supervisor': ['who', 'restartMs'],
  'stop-supervisor': ['who', 'forMs'],
  'slow-supervisor': ['who', 'times', 'stopMs', 'goMs'],
  'terminate-supervisor': ['who', 'restartMs'],
  'ask-to-resign': ['who'],
  'kill-watchdog': ['who'],
  'stop-watchdog': ['who', 'forMs'],
  'slow-watchdog': ['who', 'times', 'stopMs', 'goMs'],
  'kill-both': ['who', 'restartMs'],
  'kill-command': ['who', 'restartMs'],
  'cut-client': ['who', 'links', 'way', 'loss', 'forMs'],
  'refuse-client': ['who', 'links', 'forMs'],
  'blackhole-client': ['who', 'links', 'forMs'],
  'delay-client': ['who', 'delayMs', 'forMs'],
  'reset-client': ['who'],
  'kill-server': ['server', 'forMs'],
  'stop-server': ['server', 'forMs'],
  'cut-server': ['server', 'way', 'forMs'],
  'delay-server': ['server', 'delayMs', 'forMs'],
  'reset-servers': [],
} as const satisfies Record<string, readonly (keyof Fields)[]>;

export type Kind = keyof typeof FIELDS;
export const KINDS = Object.keys(FIELDS) as Kind[];

export type FaultOf<K extends Kind> = { readonly kind: K } & Readonly<
  Pick<Fields, (typeof FIELDS)[K][number]>
>;
export type Fault = { [K in Kind]: FaultOf<K> }[Kind];

/** Ends every fault, and waits until all is well and stays so for a while. */
export interface Calm {
  readonly kind: 'calm';
}

export type Step = (Fault | Calm) & {
  /** Since the step before it. */
  readonly gapMs: number;
};

export interface Plan {
  readonly seed: number;
  readonly level: Level;
  /** Whether the contenders share a folder for their runtime files, as on one machine, or have one each. */
  readonly sharedRuntime: boolean;
  /** Of each contender's command, which takes another one in each run: commands/beater.pl knows them. */
  readonly manners: Readonly<Record<ContenderId, readonly string[]>>;
  /** When the command is run; without one, it lasts as long as its term. */
  readonly job?: Job;
  readonly steps: readonly Step[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly faults: number;
  readonly level: Level;
  /** These kinds alone. */
  readonly only?: readonly Kind[];
  /** Drawn unless given. */
  readonly job?: JobKind | undefined;
}

const FAULTS_BETWEEN_CALMS = 10;
const MANNERS_EACH = 6;
/** What a job is drawn from is another chance than that of the faults. */
const JOB_SALT = 0x10b;

/** The same plan for the same options. Ends in calm. Each kind comes once before any comes again. */
export function makePlan({ seed, faults, level, only = KINDS, job: kind }: PlanOptions): Plan {
  const random = new Random(seed);
  const kinds = only.filter((kind) => isPromised(kind, level));
  if (kinds.length === 0) throw new Error(`none of these is promised at level ${level}: ${only.join(', ')}`);
  const sharedRuntime = random.chance(0.5);
  const traits = company(level, kinds);
  const manners = {
    a: drawManners(random, traits),
    b: drawManners(random, traits),
    c: drawManners(random, traits),
  };
  const steps: Step[] = [];
  let bag: Kind[] = [];
  for (let count = 1; count <= faults; count += 1) {
    if (bag.length === 0) bag = random.shuffled(kinds);
    const kind = bag.pop();
    if (kind === undefined) throw new Error('internal error: an empty bag');
    steps.push({ gapMs: drawGap(random), ...drawFault(random, kind) });
    if (count % FAULTS_BETWEEN_CALMS === 0 && count < faults)
      steps.push({ gapMs: drawGap(random), kind: 'calm' });
  }
  steps.push({ gapMs: drawGap(random), kind: 'calm' });
  const chance = new Random(seed ^ JOB_SALT);
  const job = drawJob(chance, kind);
  if (job === undefined) return { seed, level, sharedRuntime, manners, steps };
  const ending = (each: readonly string[]): string[] => each.map((manner) => withEnd(chance, manner, job));
  const endings = { a: ending(manners.a), b: ending(manners.b), c: ending(manners.c) };
  return { seed, level, sharedRuntime, manners: endings, job, steps };
}

/** Supervisor and watchdog may be killed both at once only where something else ends the command. */
export function isPromised(kind: Kind, level: Level): boolean {
  return kind !== 'kill-both' || level === 'cgroup';
}

/**
 * Whom the commands may bring. A daemon that has emptied its environment is found by nobody at the weakest level, and
 * with subreapers by the watchdog alone: there it may not be killed as well.
 */
function company(level: Level, kinds: readonly Kind[]): string[] {
  const isFound =
    level === 'cgroup' || (level === 'subreaper' && !kinds.some((kind) => kind.endsWith('watchdog')));
  return ['fork', 'timeout', 'daemon', 'flood', ...(isFound ? ['clean'] : [])];
}

function drawManners(random: Random, traits: readonly string[]): string[] {
  const ends = ['polite', 'polite', 'deaf', 'deaf', 'slow'];
  return Array.from({ length: MANNERS_EACH }, () => {
    const drawn = random.shuffled(traits).slice(0, Math.floor(random.between(0, 4)));
    return [pick(random, ends), ...drawn, ...(random.chance(0.1) ? ['mortal'] : [])].join('+');
  });
}

/** At times at once, so that faults meet. */
function drawGap(random: Random): number {
  return Math.round(random.chance(0.2) ? random.between(0, 50) : random.between(300, 2300));
}

function drawFault(random: Random, kind: Kind): Fault {
  const fields = FIELDS[kind].map((field) => [field, draw[field](random)]);
  return { kind, ...Object.fromEntries(fields) } as Fault;
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random.next() * items.length)];
  if (item === undefined) throw new Error('internal error: nothing to choose from');
  return item;
}

/** Much shorter than the lease, about as long, or longer than the session (2 s). */
function drawLength(random: Random): number {
  const share = random.next();
  if (share < 0.35) return random.between(50, 700);
  return share < 0.55 ? random.between(700, 2000) : random.between(2200, 3500);
}

const draw: { readonly [F in keyof Fields]: (random: Random) => Fields[F] } = {
  who: (random) =>
    pick(random, ['leading', 'leading', 'leading', 'leading', 'standby', ...CONTENDERS] as const),
  server: (random) =>
    pick(random, ['leader', 'leader', 'follower', 'serving', 'serving', '1', '2', '3'] as const),
  way: (random) => pick(random, WAYS),
  links: (random) => pick(random, LINKS),
  loss: (random) => pick(random, LOSSES),
  forMs: (random) => Math.round(drawLength(random)),
  restartMs: (random) => Math.round(random.chance(0.3) ? random.between(0, 100) : random.between(100, 2500)),
  delayMs: (random) => Math.round(random.between(5, 120)),
  times: (random) => Math.round(random.between(3, 12)),
  stopMs: (random) => Math.round(random.between(20, 150)),
  goMs: (random) => Math.round(random.between(5, 60)),
};

const isField: { readonly [F in keyof Fields]: (value: unknown) => boolean } = {
  who: oneOf(WHO),
  server: oneOf(SERVERS),
  way: oneOf(WAYS),
  links: oneOf(LINKS),
  loss: oneOf(LOSSES),
  forMs: isCount,
  restartMs: isCount,
  delayMs: isCount,
  times: isCount,
  stopMs: isCount,
  goMs: isCount,
};

/** What is wrong with something that should be a step; undefined if nothing is. */
export function complaint(step: Readonly<Record<string, unknown>>): string | undefined {
  const { kind, gapMs } = step;
  if (!isCount(gapMs)) return `expected "gapMs" to be a number of milliseconds, got ${JSON.stringify(gapMs)}`;
  if (kind === 'calm') return undefined;
  if (!KINDS.includes(kind as Kind))
    return `expected "kind" to be one of ${KINDS.join(', ')}, got ${JSON.stringify(kind)}`;
  const wrong = FIELDS[kind as Kind].find((field) => !isField[field](step[field]));
  return wrong === undefined
    ? undefined
    : `"${wrong}" of ${String(kind)} cannot be ${JSON.stringify(step[wrong])}`;
}

function oneOf(values: readonly string[]): (value: unknown) => boolean {
  return (value) => values.includes(value as string);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 600_000;
}
