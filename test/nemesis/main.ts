// Runs the nemesis from the command line: npm run nemesis -- --faults 300 --seed 42

import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeFigures } from './figures.js';
import { type JobKind, JOBS } from './job.js';
import { encodeLedger } from '../../src/ledger/format.js';
import { runNemesis } from './nemesis.js';
import type { Kind, Level, Plan } from './plan.js';
import { CONTENDERS, KINDS, LEVELS, makePlan } from './plan.js';
import { formatPlan, parsePlan } from './plan-text.js';
import type { Run } from './record.js';
import type { Stage } from './stage.js';
import { drawSvg } from './svg.js';
import { drawTimeline } from './timeline.js';

const USAGE = `usage: npm run nemesis -- [options]
  --faults N           how many faults (300)
  --seed S             the same seed makes the same plan
  --only KIND,...      these faults alone: ${KINDS.join(', ')}
  --job KIND           ${JOBS.join(', ')}: a command that lasts, or one for every tick; drawn from the seed unless given
  --containment LEVEL  ${LEVELS.join(', ')}; the strongest there is unless given
  --plan FILE          a plan written by an earlier run, perhaps cut down by hand
  --show-plan          prints the plan and runs nothing
  --svg FILE           draws the timeline
  --out FOLDER         for plan, beats, logs and timeline; a temporary one when a rule was broken
  --program FILE       another bin/zk-leader-run.js
`;

/** As of a program that Ctrl-C ended. */
const EXIT_SIGNALLED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
    job: { type: 'string' },
    containment: { type: 'string' },
    plan: { type: 'string' },
    'show-plan': { type: 'boolean', default: false },
    svg: { type: 'string' },
    out: { type: 'string' },
    program: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const startedAt = performance.now();
let running: Stage | undefined;

function say(line: string): void {
  process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(3).padStart(9)} s  ${line}\n`);
}

function fail(message: string): never {
  process.stderr.write(`nemesis: ${message}\n`);
  process.exit(2);
}

function readCount(name: 'faults' | 'seed'): number {
  const count = Number(values[name]);
  return Number.isInteger(count) && count >= 0
    ? count
    : fail(`--${name}: expected a number, got "${values[name]}"`);
}

function readKinds(): readonly Kind[] {
  const named = values.only?.split(',') ?? KINDS;
  const unknown = named.find((kind) => !(KINDS as readonly string[]).includes(kind));
  if (unknown !== undefined) fail(`--only: expected some of ${KINDS.join(', ')}, got "${unknown}"`);
  return named as readonly Kind[];
}

function readJob(): JobKind | undefined {
  if (values.job === undefined) return undefined;
  const kind = JOBS.find((each) => each === values.job);
  return kind ?? fail(`--job: expected one of ${JOBS.join(', ')}, got "${values.job}"`);
}

function readLevel(name: string): Level {
  const level = LEVELS.find((each) => each === name);
  return level ?? fail(`--containment: expected one of ${LEVELS.join(', ')}, got "${name}"`);
}

function readPlan(file: string): Plan {
  try {
    return parsePlan(readFileSync(file, 'utf8'));
  } catch (error) {
    return fail(`--plan: ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Everything there is about a run, for whoever wants to know why. */
function keep(run: Run, stage: Stage): void {
  const broken = run.violations.length > 0;
  if (values.svg !== undefined) writeFileSync(values.svg, drawSvg(run));
  if (!broken && values.out === undefined) return;
  const folder = values.out ?? join(tmpdir(), `nemesis-${run.plan.seed}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plan.jsonl'), formatPlan(run.plan));
  writeFileSync(join(folder, 'timeline.svg'), drawSvg(run));
  writeFileSync(join(folder, 'timeline.txt'), `${drawTimeline(run).join('\n')}\n`);
  writeFileSync(
    join(folder, 'violations.txt'),
    run.violations.map(({ rule, message }) => `${rule}: ${message}\n`).join(''),
  );
  for (const id of CONTENDERS) {
    const log = join(stage.folder, `${id}.log`);
    if (existsSync(log)) copyFileSync(log, join(folder, `${id}.log`));
  }
  copyFileSync(stage.beatsFile, join(folder, 'beats'));
  if (run.ledger !== undefined) writeFileSync(join(folder, 'ledger.json'), encodeLedger(run.ledger));
  for (const server of stage.network.servers)
    appendFileSync(join(folder, `server-${server.id}.log`), `${server.logTail(Infinity)}\n`);
  say(`kept in ${folder}: plan.jsonl, timeline.svg, the beats and all logs`);
}

function again({ level, job: drawn }: Plan): string {
  if (values.plan !== undefined) return `--plan ${values.plan}`;
  const onlyThese = values.only === undefined ? '' : ` --only ${values.only}`;
  return `--seed ${seed} --faults ${faults}${onlyThese} --job ${drawn === undefined ? 'lasting' : 'scheduled'} --containment ${level}`;
}

if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (process.platform !== 'linux') fail('it needs /proc, that is, Linux');
const seed = readCount('seed');
const faults = readCount('faults');
const only = readKinds();
const job = readJob();
const planned = values.plan === undefined ? undefined : readPlan(values.plan);
const containment = values.containment ?? planned?.level;
const planFor = (level: Level): Plan => planned ?? makePlan({ seed, faults, level, only, job });
if (containment !== undefined) readLevel(containment);
if (values['show-plan']) {
  process.stdout.write(formatPlan(planFor(readLevel(containment ?? 'cgroup'))));
  process.exit(0);
}

for (const [signal, code] of Object.entries(EXIT_SIGNALLED)) {
  process.on(signal, () => {
    say(`received ${signal}: ends everything`);
    running?.abandon();
    // The janitor ends the servers and removes the folders.
    process.exit(code);
  });
}

say(values.plan === undefined ? `seed ${seed}, ${faults} faults` : `plan ${values.plan}`);
const run = await runNemesis({
  say,
  plan: planFor,
  ...(values.program === undefined ? {} : { program: values.program }),
  ...(containment === undefined ? {} : { containment }),
  onStage: (stage) => {
    running = stage;
  },
  onEnd: keep,
});
const timeline = drawTimeline(run, { colour: process.stdout.isTTY });
process.stdout.write(['', ...timeline, '', ...describeFigures(run), ''].join('\n'));
for (const { rule, message } of run.violations) process.stdout.write(`BROKEN: ${rule}: ${message}\n`);
if (run.violations.length > 0) {
  process.stdout.write(`\nagain: npm run nemesis -- ${again(run.plan)}\n`);
  process.exitCode = 1;
}
process.exit();
