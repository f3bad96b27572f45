// Owns the course of a run: performs a plan, step by step, on a stage, until its end or until a rule is broken.

import { Faults } from './faults.js';
import type { Level, Plan } from './plan.js';
import { describeStep } from './plan-text.js';
import type { FaultRecord, Run } from './record.js';
import { nowUs } from './record.js';
import { Stage, type StageOptions, pause } from './stage.js';

export interface NemesisOptions extends StageOptions {
  /** Makes the plan, once it is known what the machine can contain commands with. */
  readonly plan: (level: Level) => Plan;
  /** Called with what can be abandoned when the run is broken off. */
  readonly onStage?: (stage: Stage) => void;
  /** Called at the end, while the files are still there. */
  readonly onEnd?: (run: Run, stage: Stage) => void;
}

/** Goes on for so long after a rule was broken, to show how it goes on. */
const AFTER_BREAK_MS = 1000;

/** Runs a plan on a stage of its own, of which nothing is left. */
export async function runNemesis(options: NemesisOptions): Promise<Run> {
  const { say } = options;
  if (options.network === undefined) say('starting three servers');
  const stage = await Stage.start(options);
  options.onStage?.(stage);
  try {
    const level = await stage.findLevel();
    const plan = options.plan(level);
    if (plan.level !== level)
      throw new Error(`the plan is for level ${plan.level}, and here there is ${level}`);
    say(`containment: ${level}`);
    const faults: FaultRecord[] = [];
    const performance = perform(plan, stage, faults, say).catch((error: unknown) => {
      stage.note('stuck', describe(error));
    });
    await Promise.race([performance, stage.broken.then(() => pause(AFTER_BREAK_MS))]);
    const { history, presences, from, violations, ledger } = stage;
    const run = { plan, from, to: nowUs(), history, ledger, faults, presences, violations };
    options.onEnd?.(run, stage);
    return run;
  } finally {
    await stage.stop();
  }
}

async function perform(
  plan: Plan,
  stage: Stage,
  records: FaultRecord[],
  say: (line: string) => void,
): Promise<void> {
  say('starting three contenders');
  await stage.populate(plan);
  const faults = new Faults(stage, plan);
  const total = plan.steps.filter(({ kind }) => kind !== 'calm').length;
  let lasting: Promise<unknown>[] = [];
  for (const step of plan.steps) {
    await pause(step.gapMs);
    if (stage.isOver) return;
    if (step.kind === 'calm') {
      await Promise.all(lasting);
      lasting = [];
      await stage.wellAgain();
      say('calm');
      continue;
    }
    const { lanes, at, over } = await faults.perform(step);
    const record: FaultRecord = { number: records.length + 1, fault: step, lanes, at };
    records.push(record);
    say(
      `${String(record.number).padStart(String(total).length)}/${total}  ${describeStep(step, targetOf(record))}`,
    );
    lasting.push(
      over.then(
        () => {
          record.healedAt = nowUs();
        },
        (error: unknown) => {
          stage.note('stuck', describe(error));
        },
      ),
    );
  }
  await Promise.all(lasting);
  say('asking all contenders to end');
  await stage.finish();
}

function targetOf({ lanes }: FaultRecord): string {
  return lanes.length > 1 ? '' : lanes.join('');
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
