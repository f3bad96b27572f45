// Owns how a plan is written: a line of JSON for what holds throughout, then one for each step, to be cut down by hand;
// and the words for a fault.

import { isJob } from './job.js';
import type { Calm, Fault, Level, Plan, Step } from './plan.js';
import { complaint, CONTENDERS, isPromised, LEVELS } from './plan.js';

/** Writes a plan as JSON lines. */
export function formatPlan({ steps, ...header }: Plan): string {
  return [header, ...steps].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Reads what formatPlan has written, perhaps with steps left out or changed; empty lines and # comments too. */
export function parsePlan(text: string): Plan {
  const lines = text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }) => ({ number, value: parseObject(line, number) }));
  const [first, ...rest] = lines;
  if (first === undefined) throw new Error('the plan is empty');
  const header = parseHeader(first.value);
  const steps = rest.map(({ value, number }) => {
    const wrong = complaint(value);
    if (wrong !== undefined) throw new Error(`line ${number} of the plan: ${wrong}`);
    const step = value as unknown as Step;
    if (step.kind !== 'calm' && !isPromised(step.kind, header.level))
      throw new Error(`line ${number} of the plan: ${step.kind} is not promised at level ${header.level}`);
    return step;
  });
  return { ...header, steps };
}

function parseObject(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Error(`line ${number} of the plan is no JSON object: ${line}`);
}

function parseHeader({
  seed,
  level,
  sharedRuntime,
  manners,
  job,
}: Record<string, unknown>): Omit<Plan, 'steps'> {
  const mannersOf = manners as Partial<Plan['manners']> | undefined;
  const ok =
    typeof seed === 'number' &&
    LEVELS.includes(level as Level) &&
    typeof sharedRuntime === 'boolean' &&
    CONTENDERS.every((id) => (mannersOf?.[id]?.length ?? 0) > 0);
  if (!ok) throw new Error('the first line of the plan has to have seed, level, sharedRuntime and manners');
  const header = { seed, level: level as Level, sharedRuntime, manners: manners as Plan['manners'] };
  if (job === undefined) return header;
  if (!isJob(job)) throw new Error(`the first line of the plan has no job of ours: ${JSON.stringify(job)}`);
  return { ...header, job };
}

/** Says what a step does, with the target it has in the plan, or the one it was found to have. */
export function describeStep(step: Fault | Calm, target?: string): string {
  if (step.kind === 'calm') return 'calm: ends every fault';
  const on = target ?? ('who' in step ? step.who : 'server' in step ? step.server : '');
  return [step.kind, on, ...details(step)].filter((word) => word !== '').join(' ');
}

function details(fault: Fault): string[] {
  const words: string[] = [];
  if ('links' in fault && fault.links === 'serving') words.push('(one link)');
  if ('way' in fault && fault.way !== 'both') words.push(fault.way);
  if ('loss' in fault) words.push(fault.loss);
  if ('delayMs' in fault) words.push(`by ${fault.delayMs} ms`);
  if ('times' in fault) words.push(`${fault.times} times ${fault.stopMs} ms`);
  if ('forMs' in fault) words.push(`for ${fault.forMs} ms`);
  if ('restartMs' in fault) words.push(`and again after ${fault.restartMs} ms`);
  return words;
}
